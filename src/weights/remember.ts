import { NearfieldError, type ModelSpec } from '../contract/index.ts';
import { sha256 } from './hash.ts';
import { resolveModel, type ResolvedModel, type ResolveOptions } from './resolve.ts';
import type { FileKey, FileStore } from './store.ts';

/**
 * `resolveModel`, kept beside the files, so that a model that was loaded once loads offline.
 * What a commit holds never changes and is not asked for again; a branch or a folder is asked
 * first, and what is kept serves when nothing answers.
 */
export async function resolveRemembered(
  model: string | ModelSpec,
  options: ResolveOptions,
  store: FileStore,
): Promise<ResolvedModel> {
  const key = keyOf(model, options);
  const kept = await recall(key, store);
  if (kept?.immutable) return kept;
  try {
    const resolved = await resolveModel(model, options);
    await keep(key, resolved, store);
    return resolved;
  } catch (error) {
    const offline = error instanceof NearfieldError && error.code === 'download-failed';
    if (offline && kept) return kept;
    throw error;
  }
}

function keyOf(model: string | ModelSpec, options: ResolveOptions): FileKey {
  const id = typeof model === 'string' ? model : JSON.stringify(model);
  const path = JSON.stringify([id, options.revision ?? '', options.hubUrl, options.modelsUrl]);
  return { folder: 'resolved', path };
}

async function recall(key: FileKey, store: FileStore): Promise<ResolvedModel | undefined> {
  const file = await store.get(await hashed(key));
  return file && (JSON.parse(await file.blob.text()) as ResolvedModel);
}

async function keep(key: FileKey, resolved: ResolvedModel, store: FileStore): Promise<void> {
  const text = new Blob([JSON.stringify(resolved)]);
  const writer = await store.open(await hashed(key));
  try {
    await writer.restart(undefined);
    await writer.write(new Uint8Array(await text.arrayBuffer()));
    await writer.finish({ bytes: text.size, sha256: await sha256(text) });
  } finally {
    await writer.suspend();
  }
}

/** A short file name, whatever the length of a URL or a ModelSpec. */
async function hashed({ folder, path }: FileKey): Promise<FileKey> {
  return { folder, path: await sha256(new Blob([path])) };
}
