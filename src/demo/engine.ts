/** The embedder in use, and the one that is on its way. */

import { createEmbedder, describeModel, type DeviceChoice, type Embedder } from '../index.ts';
import { MODELS, type ModelId, type State } from './state.ts';
import type { Store } from './store.ts';
import { isAbort, troubleOf } from './trouble.ts';

export interface Engine {
  /** The embedder in use, once there is one. */
  current(): Embedder | undefined;
  load(model: ModelId, device: DeviceChoice): Promise<void>;
  cancel(): void;
  /** Sizes of the models on this device, for people to see before a download. */
  describe(): Promise<void>;
  close(): Promise<void>;
}

/** `onSwitch` runs with each new embedder, before the one it replaces is closed. */
export function createEngine(
  store: Store<State>,
  onSwitch: (embedder: Embedder) => Promise<void>,
): Engine {
  let current: Embedder | undefined;
  let abort = new AbortController();

  async function load(model: ModelId, device: DeviceChoice): Promise<void> {
    abort.abort();
    const mine = (abort = new AbortController());
    store.set({ loading: { model, device }, engineTrouble: undefined, offered: false });
    try {
      const embedder = await create(model, device, mine.signal);
      if (mine.signal.aborted) return await embedder.close();
      await replaceBy(embedder);
      store.set({ loading: undefined, engine: embedder.info, device });
    } catch (error) {
      if (abort !== mine) return;
      store.set({ loading: undefined });
      if (!isAbort(error)) store.set({ engineTrouble: troubleOf(error) });
      else if (!current) store.set({ offered: true });
    }
  }

  function create(model: ModelId, device: DeviceChoice, signal: AbortSignal): Promise<Embedder> {
    return createEmbedder({
      model,
      device,
      signal,
      onProgress: (progress) => {
        if (!signal.aborted) store.set({ loading: { model, device, progress } });
      },
    });
  }

  async function replaceBy(embedder: Embedder): Promise<void> {
    const old = current;
    current = embedder;
    await onSwitch(embedder);
    await old?.close();
  }

  async function describe(): Promise<void> {
    for (const model of MODELS) {
      try {
        const plan = await describeModel(model, { device: store.get().device });
        store.set({ plans: { ...store.get().plans, [model]: plan } });
      } catch {
        // No size to show; loading the model gives the reason.
      }
    }
  }

  async function close(): Promise<void> {
    abort.abort();
    await current?.close();
    current = undefined;
    store.set({ engine: undefined, loading: undefined });
  }

  return { current: () => current, load, cancel: () => abort.abort(), describe, close };
}
