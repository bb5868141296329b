/** The embedder in use, and the one that is on its way. */

import { createEmbedder, type DeviceChoice, type Embedder } from '../index.ts';
import type { ModelId } from './models.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';
import { isAbort, troubleOf } from './trouble.ts';
import { modelName } from './views/names.ts';

export class Engine {
  readonly #store: Store<State>;
  readonly #onSwitch: (embedder: Embedder) => Promise<void>;
  readonly #onStored: () => void;
  #current: Embedder | undefined;
  #abort = new AbortController();

  /**
   * @param onSwitch runs with each new embedder, before the one it replaces is closed
   * @param onStored runs when the files of the embedder in use are on this machine for good
   */
  constructor(
    store: Store<State>,
    onSwitch: (embedder: Embedder) => Promise<void>,
    onStored: () => void,
  ) {
    this.#store = store;
    this.#onSwitch = onSwitch;
    this.#onStored = onStored;
  }

  get current(): Embedder | undefined {
    return this.#current;
  }

  /** The embedder in use stays in use until the new one is ready, and where that fails. */
  async load(model: ModelId, device: DeviceChoice): Promise<void> {
    this.cancel();
    const mine = (this.#abort = new AbortController());
    const { modelStored } = this.#store.get();
    this.#store.set({
      loading: { model, device },
      engineTrouble: undefined,
      offered: false,
      modelStored: false,
    });
    try {
      const embedder = await this.#create(model, device, mine.signal);
      if (mine.signal.aborted) return await embedder.close();
      await this.#replaceBy(embedder);
      this.#store.set({ loading: undefined, engine: embedder.info, device });
    } catch (error) {
      if (this.#abort !== mine) return;
      this.#store.set({ modelStored: modelStored && this.#current !== undefined });
      this.#give(error, model);
    }
  }

  cancel(): void {
    this.#abort.abort();
  }

  async close(): Promise<void> {
    this.cancel();
    await this.#current?.close();
    this.#current = undefined;
    this.#store.set({ engine: undefined, loading: undefined });
  }

  #create(model: ModelId, device: DeviceChoice, signal: AbortSignal): Promise<Embedder> {
    return createEmbedder({
      model,
      device,
      signal,
      onProgress: (progress) => {
        if (signal.aborted) return;
        if (progress.phase === 'stored') this.#onStored();
        else this.#store.set({ loading: { model, device, progress } });
      },
    });
  }

  async #replaceBy(embedder: Embedder): Promise<void> {
    const old = this.#current;
    this.#current = embedder;
    await this.#onSwitch(embedder);
    await old?.close();
  }

  #give(error: unknown, model: ModelId): void {
    this.#store.set({ loading: undefined });
    if (!isAbort(error)) {
      this.#store.set({ engineTrouble: { ...troubleOf(error), about: modelName(model) } });
    } else if (!this.#current) this.#store.set({ offered: true });
  }
}
