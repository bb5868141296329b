/** From opening the page to a model that answers, and from one model to the next. */

import { storedModels, type DeviceChoice, type SearchMode } from '../index.ts';
import type { CorpusId } from './corpora/corpora.ts';
import { MODELS, sizeOf, type ModelId, type ModelSize } from './models.ts';
import type { Parts } from './parts.ts';
import { rememberDevice, rememberMode, savesData, type Opening } from './preferences.ts';

export async function start(parts: Parts, { model, device, corpus }: Opening): Promise<void> {
  const { store, shelf } = parts;
  if (model === 'starter' && savesData()) {
    store.set({ offered: true, settled: true });
    return refreshModels(parts);
  }
  shelf.prefetch(corpus);
  await load(parts, model, device);
}

export async function load(parts: Parts, model: ModelId, device: DeviceChoice): Promise<void> {
  const { store, shelf, engine, ingest } = parts;
  store.set({ erased: false });
  await engine.load(model, device);
  if (engine.current) {
    if (store.get().device === device) rememberDevice(device);
    changeCorpus(parts);
    await afterFirstAnswer(parts);
    void shelf.open('documents').then(() => ingest.pump());
  }
  store.set({ settled: true });
  await refreshModels(parts);
}

/** What nobody waits for must not slow down what somebody does. */
async function afterFirstAnswer({ store, shelf, search }: Parts): Promise<void> {
  await shelf.open(store.get().corpus);
  await search.settled();
}

/** Searches what is chosen now, once it can be searched. */
export function changeCorpus({ store, shelf, engine, search }: Parts): void {
  const { corpus } = store.get();
  if (engine.current) void shelf.open(corpus);
  search.ask();
}

export function changeMode({ store, search }: Parts, mode: SearchMode): void {
  store.set({ mode });
  rememberMode(mode);
  search.ask();
}

export function dropFiles({ store, ingest }: Parts, files: readonly File[]): void {
  const corpus: CorpusId = 'documents';
  store.set({ corpus, query: '', answer: undefined, language: '' });
  ingest.addFiles(files);
}

/** What is stored, and how large the models are on this device. */
export async function refreshModels({ store }: Parts): Promise<void> {
  const stored = await storedModels().catch(() => []);
  const sizes: Partial<Record<ModelId, ModelSize>> = {};
  for (const model of MODELS) {
    const size = await sizeOf(model, store.get().device);
    if (size) sizes[model] = size;
  }
  store.set({ storedModels: stored, sizes });
}
