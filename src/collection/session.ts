import type { Remote } from 'comlink';
import { NearfieldError, unwrap, type Reply } from '../contract/index.ts';
import { WorkerHandle } from '../bridge/index.ts';
import { plainSpec } from './spec.ts';
import type { Opened, OpenRequest, SearchWorkerApi } from './wire.ts';

type Api = Remote<SearchWorkerApi>;

/** @param url a self-hosted copy of the worker. @default the package's own */
export function spawnSearchWorker(url?: string | URL): Worker {
  if (url !== undefined) return new Worker(url, { type: 'module', name: 'nearfield-search' });
  return new Worker(new URL('../../workers/search.worker.ts', import.meta.url), {
    type: 'module',
    name: 'nearfield-search',
  });
}

/**
 * The page's hold on a collection's worker. A worker that dies rejects what is pending with
 * `worker-crashed`; the next call starts another, which reads the collection from the disk.
 */
export class SearchSession {
  #request: OpenRequest;
  readonly #spawn: () => Worker;
  #handle: Promise<WorkerHandle<SearchWorkerApi>> | undefined;
  #opened: Opened | undefined;
  /** The worker has read the collection. */
  #isOpen = false;
  readonly #ending = new AbortController();
  #closed = false;

  constructor(request: OpenRequest, spawn: () => Worker) {
    this.#request = request;
    this.#spawn = spawn;
  }

  async open(): Promise<Opened> {
    const opened = await this.openStored();
    if (!opened) throw new NearfieldError('internal', 'The collection did not open.');
    return opened;
  }

  /** Gives undefined where the request needs a `spec` that nothing stored tells. */
  async openStored(): Promise<Opened | undefined> {
    await this.#connect();
    return this.#opened;
  }

  async call<T>(work: (api: Api) => Promise<Reply<T>>): Promise<T> {
    const handle = await this.#connect();
    return unwrap(await handle.call(work));
  }

  /**
   * Waits for what the worker is doing, then ends it; one that still opens is ended at once. Safe to
   * call again.
   */
  async close(): Promise<void> {
    this.#closed = true;
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    if (!this.#isOpen) this.#ending.abort(this.#closedError());
    // A worker that never started, or has died, needs no closing.
    const [started] = await Promise.allSettled([handle]);
    if (started.status === 'rejected') return;
    await Promise.allSettled([started.value.call((api) => api.close())]);
    started.value.terminate();
  }

  #connect(): Promise<WorkerHandle<SearchWorkerApi>> {
    if (this.#closed) return Promise.reject(this.#closedError());
    if (this.#handle) return this.#handle;
    const handle = this.#start();
    this.#handle = handle;
    const forget = (): void => {
      if (this.#handle === handle) this.#handle = undefined;
    };
    handle.then(({ dead }) => dead).then(forget, forget);
    return handle;
  }

  async #start(): Promise<WorkerHandle<SearchWorkerApi>> {
    this.#isOpen = false;
    const handle = await WorkerHandle.open<SearchWorkerApi>(this.#spawn, this.#ending.signal);
    try {
      this.#opened = unwrap(await handle.call((api) => api.open(this.#request)));
      this.#isOpen = true;
      // Another worker must not take what has become of the collection for what it was.
      const spec = this.#request.spec ?? (this.#opened && plainSpec(this.#opened.info));
      this.#request = { ...this.#request, spec };
      return handle;
    } catch (error) {
      handle.terminate();
      throw error;
    }
  }

  #closedError(): NearfieldError {
    return new NearfieldError('closed', `The collection "${this.#request.name}" was closed.`);
  }
}
