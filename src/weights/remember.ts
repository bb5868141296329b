import { messageOf, NearfieldError, type ModelSpec } from '../contract/index.ts';
import { sha256 } from './hash.ts';
import { locked } from './lock.ts';
import { resolveModel, specOf, type ResolvedModel, type ResolveOptions } from './resolve.ts';
import { NOTES, type FileKey, type FileStore } from './store.ts';

/** Raised when the same repository is to be read in another way than before. */
const FORMAT = 1;

/**
 * `resolveModel`, kept beside the files, so that a model that was loaded once loads offline.
 * What a commit holds never changes and is not asked for again; a branch or a folder is asked
 * first, and what is kept serves when nothing answers. Storage that fails costs a question.
 */
export async function resolveRemembered(
  model: string | ModelSpec,
  options: ResolveOptions,
  store: FileStore,
): Promise<ResolvedModel> {
  const key = await keyOf(model, options);
  const kept = await recall(key, store);
  if (kept?.settled) return kept;
  let resolved: ResolvedModel;
  try {
    resolved = await resolveModel(model, options);
  } catch (error) {
    const offline = error instanceof NearfieldError && error.code === 'download-failed';
    if (offline && kept) return kept;
    throw error;
  }
  try {
    await locked(key, options.signal, () => keep(key, resolved, store));
    return resolved;
  } catch (error) {
    const warning = `${resolved.spec.id} will not load offline. ${messageOf(error)}`;
    return { ...resolved, warnings: [...resolved.warnings, warning] };
  }
}

/** A short file name, whatever the length of a URL or a ModelSpec. */
async function keyOf(model: string | ModelSpec, options: ResolveOptions): Promise<FileKey> {
  // With the spec itself, so that a later release's catalogue is not answered by an earlier one's.
  const asked = typeof model === 'string' ? (specOf(model) ?? model) : model;
  const { revision = '', hubUrl, modelsUrl } = options;
  const question = JSON.stringify([FORMAT, asked, revision, hubUrl, modelsUrl]);
  return { folder: NOTES, path: await sha256(new Blob([question])) };
}

/** What is kept, unless it is damaged or out of reach: then it is asked for again. */
async function recall(key: FileKey, store: FileStore): Promise<ResolvedModel | undefined> {
  try {
    const file = await store.get(key);
    return file && (JSON.parse(await file.blob.text()) as ResolvedModel);
  } catch {
    return undefined;
  }
}

async function keep(key: FileKey, resolved: ResolvedModel, store: FileStore): Promise<void> {
  const text = new Blob([JSON.stringify(resolved)]);
  const writer = await store.open(key);
  try {
    await writer.restart(undefined);
    await writer.write(new Uint8Array(await text.arrayBuffer()));
    await writer.finish({ bytes: text.size, sha256: await sha256(text) });
  } finally {
    await writer.suspend();
  }
}
