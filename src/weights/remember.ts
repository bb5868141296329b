import { messageOf, throwIfAborted, type ModelSpec } from '../contract/index.ts';
import { sha256 } from './hash.ts';
import { locked } from './lock.ts';
import { noteKey, recallModel, resolveUnlessKept } from './recall.ts';
import type { ResolvedModel, ResolveOptions } from './resolve.ts';
import type { FileKey, OpenStore } from './store.ts';

/**
 * `resolveModel`, kept beside the files, so that a model that was loaded once loads offline.
 * What a commit holds never changes and is not asked for again; a branch or a folder is asked
 * first, and what is kept serves when nothing answers. Storage that fails costs a question.
 */
export async function resolveRemembered(
  model: string | ModelSpec,
  options: ResolveOptions,
  store: OpenStore,
): Promise<ResolvedModel> {
  const key = noteKey(model, options);
  const kept = await recallModel(model, options, store);
  const resolved = await resolveUnlessKept(model, options, kept);
  if (resolved === kept) return kept;
  try {
    await locked(key, options.signal, () => keep(key, resolved, store));
    return resolved;
  } catch (error) {
    throwIfAborted(options.signal);
    const warning = `${resolved.spec.id} will not load offline. ${messageOf(error)}`;
    return { ...resolved, warnings: [...resolved.warnings, warning] };
  }
}

async function keep(key: FileKey, resolved: ResolvedModel, store: OpenStore): Promise<void> {
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
