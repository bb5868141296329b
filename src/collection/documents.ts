import { isMetadataValue, METADATA_VALUE, NearfieldError } from '../contract/index.ts';
import type { DocumentInput, StoredDocument } from '../contract/index.ts';
import type { DocumentRecord } from './schema.ts';

/** Only what the contract names: records hold more, and so may what a caller passes. */
export function plainDocument(document: DocumentInput): DocumentInput {
  const { id, text, title, url, metadata, language } = document;
  return {
    id,
    text,
    ...(title !== undefined && { title }),
    ...(url !== undefined && { url }),
    ...(metadata !== undefined && { metadata }),
    ...(language !== undefined && { language }),
  };
}

export function toStored(record: DocumentRecord): StoredDocument {
  return { ...plainDocument(record), passages: record.spans.length / 2 };
}

/**
 * A caller's documents, checked. Throws `bad-input` with the place of the first wrong one; the
 * same id twice in one call is wrong, because one of the two texts would be lost unseen.
 */
export function checkedDocuments(documents: readonly DocumentInput[]): DocumentInput[] {
  const ids = new Set<string>();
  return documents.map((document: unknown, index) => {
    const wrong = faultOf(document) ?? repeated(ids, document);
    if (wrong !== undefined) throw badDocument(wrong, index);
    // Just proved by faultOf, property by property.
    return plainDocument(document as DocumentInput);
  });
}

export function checkedIds(ids: string | readonly string[]): string[] {
  const list: readonly unknown[] = typeof ids === 'string' ? [ids] : ids;
  const unique = new Set<string>();
  for (const [index, id] of list.entries()) {
    if (typeof id !== 'string' || id === '') {
      throw new NearfieldError('bad-input', `id must be a non-empty string, got ${said(id)}.`, {
        index,
      });
    }
    unique.add(id);
  }
  return [...unique];
}

function faultOf(document: unknown): string | undefined {
  if (!isRecord(document)) return `must be an object, got ${said(document)}`;
  const { id, text, title, url, metadata, language } = document;
  if (typeof id !== 'string' || id === '') return `id must be a non-empty string, got ${said(id)}`;
  if (typeof text !== 'string') return `text must be a string, got ${said(text)}`;
  if (text.trim() === '') return 'text is blank';
  for (const [name, value] of Object.entries({ title, url, language })) {
    if (value !== undefined && typeof value !== 'string') {
      return `${name} must be a string, got ${said(value)}`;
    }
  }
  return metadata === undefined ? undefined : metadataFault(metadata);
}

function metadataFault(metadata: unknown): string | undefined {
  if (!isRecord(metadata)) return `metadata must be a plain object, got ${said(metadata)}`;
  const wrong = Object.entries(metadata).find(([, value]) => !isMetadataValue(value));
  if (!wrong) return undefined;
  return `metadata.${wrong[0]} must be ${METADATA_VALUE}, got ${said(wrong[1])}`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function repeated(ids: Set<string>, document: unknown): string | undefined {
  if (!isRecord(document) || typeof document['id'] !== 'string') return undefined;
  const { id } = document;
  if (typeof id !== 'string') return undefined;
  if (ids.has(id)) return `id ${said(id)} is there twice`;
  ids.add(id);
  return undefined;
}

function badDocument(wrong: string, index: number): NearfieldError {
  return new NearfieldError('bad-input', `Document ${index}: ${wrong}.`, { index });
}

function said(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
