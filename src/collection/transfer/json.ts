/** Documents as JSON that loses nothing. */

import type { DocumentInput } from '../../contract/index.ts';
import { isRecord, plainDocument } from '../documents.ts';

/** Dates in metadata become `{ "date": "2024-01-31T12:00:00.000Z" }`; no other value is an object. */
export function toJson(document: DocumentInput): Record<string, unknown> {
  const { metadata, ...rest } = plainDocument(document);
  return { ...rest, ...(metadata && { metadata: eachValue(metadata, taggedDate) }) };
}

/** The opposite; what is not a document stays as it is, for `checkedDocuments` to say so. */
export function fromJson(value: unknown): unknown {
  if (!isRecord(value) || !isRecord(value['metadata'])) return value;
  return { ...value, metadata: eachValue(value['metadata'], untaggedDate) };
}

function eachValue(
  metadata: Readonly<Record<string, unknown>>,
  change: (value: unknown) => unknown,
) {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, change(value)]));
}

function taggedDate(value: unknown): unknown {
  return value instanceof Date ? { date: value.toISOString() } : value;
}

function untaggedDate(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { date, ...others } = value;
  return typeof date === 'string' && Object.keys(others).length === 0 ? new Date(date) : value;
}
