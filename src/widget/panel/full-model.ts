/** The index's own model, for who asks for it: told how large it is, downloaded, used, and left again. */

import type { Embedder, EmbedderOptions, LoadProgress, SiteIndex } from '../../contract/index.ts';
import type { ProgressDetail } from '../events.ts';
import type { ModelLoadOptions } from '../panel-host.ts';
import { giveTo, takeFrom } from './given.ts';
import { recall, remember } from './memory.ts';

/**
 * - `none`: the page does not offer it, or the index has no vectors
 * - `offered`: a click tells how large it is
 * - `measured`: `bytes` are to be downloaded; another click begins
 */
export type ModelState =
  'none' | 'offered' | 'asking' | 'measured' | 'loading' | 'ready' | 'failed';

export interface FullModelEvents {
  onChange(): void;
  /** Searches are by the model from now on, or no longer. */
  onSwitch(isOn: boolean): void;
  onProgress(progress: ProgressDetail): void;
  onError(error: unknown): void;
}

const KEY = 'model';

export class FullModel {
  readonly #options: ModelLoadOptions;
  readonly #events: FullModelEvents;
  #state: ModelState = 'none';
  #index: SiteIndex | undefined;
  #embedder: Embedder | undefined;
  #working: AbortController | undefined;
  #bytes = 0;
  #share = 0;

  constructor(options: ModelLoadOptions, events: FullModelEvents) {
    this.#options = options;
    this.#events = events;
  }

  get state(): ModelState {
    return this.#state;
  }

  /** To be downloaded, once it was asked for. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of the download, 0 to 1. */
  get share(): number {
    return this.#share;
  }

  /** Loads it at once where that was chosen before and it is on this machine. */
  async consider(index: SiteIndex): Promise<void> {
    if (!index.info.model) return;
    this.#index = index;
    this.#become('offered');
    if (recall(KEY) !== index.info.model.model) return;
    await this.measure();
    if (this.#state === 'measured' && this.#bytes === 0) await this.load();
  }

  /** Asks how much there is to download. */
  async measure(): Promise<void> {
    await this.#work('asking', async (signal, options) => {
      const { describeModel } = await import('../../index.ts');
      const { model, ...rest } = options;
      const plan = await describeModel(model, { ...rest, signal });
      this.#bytes = plan.bytes - plan.storedBytes;
      if (!signal.aborted) this.#become('measured');
    });
  }

  async load(): Promise<void> {
    const index = this.#index;
    if (!index) return;
    this.#share = 0;
    this.#events.onProgress({ tier: 'model', phase: 'begin', loaded: 0, total: this.#bytes });
    await this.#work('loading', async (signal, options) => {
      const { createEmbedder } = await import('../../index.ts');
      const onProgress = (progress: LoadProgress): void => this.#heard(progress);
      const embedder = await createEmbedder({ ...options, signal, onProgress });
      try {
        giveTo(index, embedder);
      } catch (error) {
        await embedder.close();
        throw error;
      }
      this.#embedder = embedder;
      remember(KEY, options.model);
      this.#become('ready');
      this.#events.onProgress({ tier: 'model', phase: 'ready' });
      this.#events.onSwitch(true);
    });
  }

  /** Stops what is under way, or does without the model again. */
  leave(): void {
    const wasReady = this.#state === 'ready';
    this.#working?.abort();
    remember(KEY, 'off');
    this.#release();
    this.#become('offered');
    if (wasReady) this.#events.onSwitch(false);
    else this.#events.onProgress({ tier: 'model', phase: 'cancelled' });
  }

  dispose(): void {
    this.#working?.abort();
    this.#release();
  }

  #release(): void {
    const embedder = this.#embedder;
    if (!embedder) return;
    this.#embedder = undefined;
    void embedder.close();
    if (this.#index) takeFrom(this.#index, embedder);
  }

  async #work(
    state: ModelState,
    work: (signal: AbortSignal, options: EmbedderOptions & { model: string }) => Promise<void>,
  ): Promise<void> {
    const model = this.#index?.info.model;
    if (!model) return;
    this.#working?.abort();
    const working = new AbortController();
    this.#working = working;
    this.#become(state);
    try {
      const options = { ...this.#options, model: model.model, revision: model.revision };
      await work(working.signal, options);
    } catch (error) {
      if (working.signal.aborted) return;
      this.#become('failed');
      this.#events.onProgress({ tier: 'model', phase: 'failed' });
      this.#events.onError(error);
    }
  }

  #heard({ phase, loaded, total }: LoadProgress): void {
    if (this.#state !== 'loading') return;
    this.#share = total > 0 ? loaded / total : 0;
    const isDownload = phase === 'plan' || phase === 'download';
    const told = isDownload ? 'download' : 'prepare';
    this.#events.onProgress({ tier: 'model', phase: told, loaded, total });
    this.#events.onChange();
  }

  #become(state: ModelState): void {
    this.#state = state;
    this.#events.onChange();
  }
}
