import { sha256 } from '@noble/hashes/sha2.js';
import { NearfieldError, toHex, type ModelSpec } from '../contract/index.ts';
import { isRecord, own } from './manifest.ts';
import { resolveModel, specOf, type ResolvedModel, type ResolveOptions } from './resolve.ts';
import { NOTES, type FileKey, type FileStore } from './store.ts';

/** Raised when the same repository is to be read in another way than before. */
const FORMAT = 1;

/**
 * Where the answer to a question about a model is kept: a short file name, whatever the length of a
 * URL or a ModelSpec. Hashed in plain JavaScript, as pages without TLS have no `crypto.subtle`.
 */
export function noteKey(model: string | ModelSpec, options: ResolveOptions): FileKey {
  // With the spec itself, so that a later release's catalogue is not answered by an earlier one's.
  const asked = specOf(model) ?? model;
  const { revision = '', hubUrl, modelsUrl } = options;
  const question = JSON.stringify([FORMAT, asked, revision, hubUrl, modelsUrl]);
  const hash = sha256(new TextEncoder().encode(question));
  return { folder: NOTES, path: toHex(hash) };
}

/** What is kept of a model, unless it is damaged or out of reach: then it is asked for again. */
export async function recallModel(
  model: string | ModelSpec,
  options: ResolveOptions,
  store: Pick<FileStore, 'get'>,
): Promise<ResolvedModel | undefined> {
  try {
    const file = await store.get(noteKey(model, options));
    const value: unknown = file && JSON.parse(await file.blob.text());
    return isResolved(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `resolveModel`, unless what is kept of the model is settled, or nothing else answers. Throws as
 * that does.
 */
export async function resolveUnlessKept(
  model: string | ModelSpec,
  options: ResolveOptions,
  kept: ResolvedModel | undefined,
): Promise<ResolvedModel> {
  if (kept?.settled) return kept;
  try {
    const resolved = await resolveModel(model, options);
    // A hub in trouble tells less than it told before: no commit, no hashes, other addresses.
    return kept && !kept.unlisted && resolved.unlisted ? kept : resolved;
  } catch (error) {
    const offline = error instanceof NearfieldError && error.code === 'download-failed';
    if (offline && kept) return kept;
    throw error;
  }
}

/** Whether it has the shape of what `keep` wrote; what the fields hold was checked before that. */
function isResolved(value: unknown): value is ResolvedModel {
  const spec = own(value, 'spec');
  return (
    typeof own(value, 'base') === 'string' &&
    typeof own(value, 'folder') === 'string' &&
    Array.isArray(own(value, 'warnings')) &&
    typeof own(spec, 'id') === 'string' &&
    [own(spec, 'source'), own(spec, 'dtypes'), own(spec, 'tokenizer')].every(isRecord)
  );
}
