import type { Remote } from 'comlink';
import { NearfieldError, unwrap, type Reply } from '../contract/index.ts';
import { WorkerHandle } from '../bridge/index.ts';
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
  readonly #request: OpenRequest;
  readonly #spawn: () => Worker;
  #handle: Promise<WorkerHandle<SearchWorkerApi>> | undefined;
  #opened: Opened | undefined;
  #closed = false;

  constructor(request: OpenRequest, spawn: () => Worker) {
    this.#request = request;
    this.#spawn = spawn;
  }

  async open(): Promise<Opened> {
    await this.#connect();
    if (!this.#opened) throw new NearfieldError('internal', 'The collection did not open.');
    return this.#opened;
  }

  async call<T>(work: (api: Api) => Promise<Reply<T>>): Promise<T> {
    const handle = await this.#connect();
    return unwrap(await handle.call(work));
  }

  /** Waits for what the worker is doing, then ends it. Safe to call again. */
  async close(): Promise<void> {
    this.#closed = true;
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return;
    // A worker that never started, or has died, needs no closing.
    const [started] = await Promise.allSettled([handle]);
    if (started.status === 'rejected') return;
    await Promise.allSettled([started.value.call((api) => api.close())]);
    started.value.terminate();
  }

  #connect(): Promise<WorkerHandle<SearchWorkerApi>> {
    if (this.#closed) {
      const message = `The collection "${this.#request.name}" was closed.`;
      return Promise.reject(new NearfieldError('closed', message));
    }
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
    const handle = await WorkerHandle.open<SearchWorkerApi>(this.#spawn);
    try {
      this.#opened = unwrap(await handle.call((api) => api.open(this.#request)));
      return handle;
    } catch (error) {
      handle.terminate();
      throw error;
    }
  }
}
