/** Whether to search by meaning: what the page and the visitor want, and what is there. */

import type { SiteIndex } from '../../contract/index.ts';
import type { ProgressDetail } from '../events.ts';
import type { Settings } from '../settings.ts';
import { recall, remember, savesData } from './memory.ts';

/**
 * - `none`: the page does not want it, or the index has no query encoder
 * - `offered`: it is there for the asking
 * - `off`: the visitor does not want it
 */
export type MeaningState = 'none' | 'offered' | 'off' | 'loading' | 'ready' | 'failed';

export interface MeaningEvents {
  onChange(): void;
  /** Searches are by meaning from now on, or no longer. */
  onSwitch(isOn: boolean): void;
  onProgress(progress: ProgressDetail): void;
  onError(error: unknown): void;
}

const KEY = 'meaning';

export class Meaning {
  readonly #wish: Settings['meaning'];
  readonly #events: MeaningEvents;
  #state: MeaningState = 'none';
  #index: SiteIndex | undefined;
  #loading: AbortController | undefined;

  constructor(wish: Settings['meaning'], events: MeaningEvents) {
    this.#wish = wish;
    this.#events = events;
  }

  get state(): MeaningState {
    return this.#state;
  }

  /** Searches ask for more than words. */
  get isOn(): boolean {
    return this.#state === 'ready';
  }

  /** Bytes of the query encoder. */
  get bytes(): number {
    return this.#index?.info.light?.bytes ?? 0;
  }

  /** What is to be had with this index; loads nothing. */
  consider(index: SiteIndex): void {
    this.#index = index;
    if (this.#wish === 'off' || !index.info.light) return;
    const chosen = recall(KEY);
    if (chosen === 'off') this.#become('off');
    else if (index.tier !== 'words') this.#become('ready');
    else this.#become('offered');
  }

  /** After the first answer by words: fetches what the visitor would not mind, or has asked for before. */
  async begin(): Promise<void> {
    if (this.#state !== 'offered') return;
    const chosen = recall(KEY) === 'on';
    if (chosen || (this.#wish === 'auto' && !savesData())) await this.#load();
  }

  async turnOn(): Promise<void> {
    remember(KEY, 'on');
    await this.#load();
  }

  turnOff(): void {
    const wasOn = this.isOn;
    remember(KEY, 'off');
    this.#loading?.abort();
    this.#become('off');
    if (wasOn) this.#events.onSwitch(false);
  }

  dispose(): void {
    this.#loading?.abort();
  }

  async #load(): Promise<void> {
    const index = this.#index;
    if (!index || this.#state === 'loading') return;
    const loading = new AbortController();
    this.#loading = loading;
    this.#become('loading');
    const total = this.bytes;
    this.#events.onProgress({ tier: 'light', phase: 'begin', loaded: 0, total });
    try {
      await index.prepare({ signal: loading.signal });
      if (loading.signal.aborted) return;
      this.#become('ready');
      this.#events.onProgress({ tier: 'light', phase: 'ready', loaded: total, total });
      this.#events.onSwitch(true);
    } catch (error) {
      if (loading.signal.aborted) {
        this.#events.onProgress({ tier: 'light', phase: 'cancelled' });
        return;
      }
      this.#become('failed');
      this.#events.onProgress({ tier: 'light', phase: 'failed' });
      this.#events.onError(error);
    }
  }

  #become(state: MeaningState): void {
    this.#state = state;
    this.#events.onChange();
  }
}
