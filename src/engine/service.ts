import {
  NearfieldError,
  replyWith,
  type EmbedWorkerApi,
  type LoadedModel,
  type LoadProgress,
  type LoadRequest,
  type Reply,
  type SliceRequest,
  type SliceResult,
} from '../contract/index.ts';
import type { Host } from './create-runtime.ts';
import { loadEngine, type LoadedEngine } from './load.ts';

/** Time between two reports of progress; chunks of a download come far more often. */
const REPORT_EVERY_MS = 50;

/** What is used from memory is stored when the first questions are likely answered. */
const KEEP_AFTER_MS = 1000;

/** What the page may ask of the embed worker. One model per worker, loaded once. */
export class EmbedService implements EmbedWorkerApi {
  readonly #host: Host;
  #loaded: LoadedEngine | undefined;
  /** By what `stop` calls them. The page sends one of each at a time. */
  readonly #running = new Map<boolean, AbortController>();

  constructor(host: Host) {
    this.#host = host;
  }

  load(
    request: LoadRequest,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Reply<LoadedModel>> {
    return replyWith(async () => {
      if (this.#loaded) throw new NearfieldError('internal', 'This worker holds a model already.');
      const loaded = await loadEngine(request, this.#host, throttled(onProgress));
      this.#loaded = loaded;
      setTimeout(() => void loaded.keepFiles(), KEEP_AFTER_MS);
      return loaded.model;
    });
  }

  embed(
    { urgent, ...request }: SliceRequest,
    onProgress?: (share: number) => void,
  ): Promise<Reply<SliceResult>> {
    return replyWith(() => {
      if (!this.#loaded) throw new NearfieldError('internal', 'No model is loaded.');
      const abort = new AbortController();
      this.#running.set(urgent, abort);
      return this.#loaded.engine.embed(request, {
        urgent,
        signal: abort.signal,
        ...(onProgress && { onProgress: atIntervals(onProgress) }),
      });
    });
  }

  stop(urgent: boolean): Promise<Reply<void>> {
    return replyWith(() => {
      this.#running.get(urgent)?.abort();
    });
  }

  close(): Promise<Reply<void>> {
    return replyWith(async () => {
      await this.#loaded?.keepFiles();
      await this.#loaded?.runtime.close();
      this.#loaded = undefined;
    });
  }
}

function atIntervals(onProgress: (share: number) => void): typeof onProgress {
  let last = performance.now();
  return (share) => {
    const now = performance.now();
    if (now - last < REPORT_EVERY_MS) return;
    last = now;
    onProgress(share);
  };
}

/** Every change of phase, and of the rest at most one report per interval. */
function throttled(onProgress: (progress: LoadProgress) => void): typeof onProgress {
  let phase: LoadProgress['phase'] | undefined;
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.phase === phase && now - last < REPORT_EVERY_MS) return;
    phase = progress.phase;
    last = now;
    onProgress(progress);
  };
}
