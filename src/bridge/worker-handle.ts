import { wrap, type Remote } from 'comlink';
import {
  NearfieldError,
  messageOf,
  toNearfieldError,
  WORKER_READY,
  type ReadyMessage,
} from '../contract/index.ts';

/**
 * A worker that is known to have started, and whose death is noticed.
 *
 * Comlink's promises never settle once their worker is gone (comlink #463, #601), so every call
 * is also held here and rejected when the worker errs, closes itself or is terminated.
 */
export class WorkerHandle<Api> {
  readonly #worker: Worker;
  readonly #api: Remote<Api>;
  readonly #pending = new Set<(error: NearfieldError) => void>();
  readonly #stopWatching = new AbortController();
  #death: NearfieldError | undefined;
  #announceDeath: (error: NearfieldError) => void = () => undefined;

  /** Resolves with the reason once the worker is gone. */
  readonly dead: Promise<NearfieldError>;

  /**
   * Starts a worker. Rejects with `worker-crashed` when its script is missing or throws.
   *
   * @param ended ends the worker when it fires, now or later; its reason, a NearfieldError, is what
   *   everything pending rejects with
   */
  static async open<Api>(spawn: () => Worker, ended?: AbortSignal): Promise<WorkerHandle<Api>> {
    ended?.throwIfAborted();
    let worker: Worker;
    try {
      worker = spawn();
    } catch (error) {
      throw crash(`could not be created: ${messageOf(error)}`, error);
    }
    const handle = new WorkerHandle<Api>(worker);
    if (ended) handle.#endWith(ended);
    await handle.#started();
    return handle;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#api = wrap<Api>(worker);
    this.dead = new Promise((resolve) => {
      this.#announceDeath = resolve;
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      // A script that cannot be fetched gives a plain Event without a message.
      this.terminate(crash(event.message || 'its script could not be loaded or run'));
    });
    worker.addEventListener('messageerror', () => {
      this.terminate(crash('a message could not be read'));
    });
  }

  /** Runs one exchange with the worker; rejects with the reason of death if it dies meanwhile. */
  call<T>(work: (api: Remote<Api>) => Promise<T>): Promise<T> {
    if (this.#death) return Promise.reject(this.#death);
    return new Promise<T>((resolve, reject) => {
      this.#pending.add(reject);
      const settle = (): boolean => this.#pending.delete(reject);
      work(this.#api).then(
        (value) => {
          settle();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(toNearfieldError(error));
        },
      );
    });
  }

  /** Ends the worker at once; everything pending rejects with `reason`. Safe to call again. */
  terminate(reason = new NearfieldError('closed', 'The worker was closed.')): void {
    if (this.#death) return;
    this.#death = reason;
    this.#worker.terminate();
    this.#stopWatching.abort();
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
    this.#announceDeath(reason);
  }

  #endWith(ended: AbortSignal): void {
    const end = (): void => {
      this.terminate(toNearfieldError(ended.reason));
    };
    ended.addEventListener('abort', end, { signal: this.#stopWatching.signal });
  }

  #started(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      this.#worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (!isReady(data)) return;
        if (data.lock !== undefined) this.#watch(data.lock);
        this.#pending.delete(reject);
        resolve();
      });
    });
  }

  /** The worker holds this lock while it lives: getting it means that the worker is gone. */
  #watch(lock: string): void {
    const { signal } = this.#stopWatching;
    navigator.locks
      .request(lock, { signal }, () => {
        this.terminate(crash('it ended by itself'));
      })
      .catch((error: unknown) => {
        if (!signal.aborted) this.terminate(crash(messageOf(error), error));
      });
  }
}

function crash(what: string, cause?: unknown): NearfieldError {
  return new NearfieldError(
    'worker-crashed',
    `A Nearfield worker stopped: ${what}. The next call starts a new one.`,
    { cause },
  );
}

function isReady(data: unknown): data is ReadyMessage {
  return (
    typeof data === 'object' && data !== null && 'ready' in data && data.ready === WORKER_READY
  );
}
