import { RemoteEmbedder, type Session } from './bridge/index.ts';
import { cached, IndexedDbStore, MemoryStore, type VectorStore } from './cache/index.ts';
import {
  NearfieldError,
  promptPrefix,
  throwIfAborted,
  type Embedder,
  type EmbedderInfo,
  type EmbedderOptions,
  type Embeddings,
  type EmbedOptions,
  type EmbedTexts,
} from './contract/index.ts';
import { requestAdapter } from './device/index.ts';
import { toEmbeddings } from './embeddings.ts';
import { checkDimensions, checkModelOptions, checkTexts, DEFAULTS, oneOf } from './options.ts';

/**
 * Loads a model in a worker and gives an embedder over it.
 *
 * @throws NearfieldError `bad-input`, `model-not-found`, `download-failed`, `integrity`, `bad-model`,
 *   `unsupported-model`, `no-webgpu` and `self-test-failed` (with `device: 'webgpu'`),
 *   `out-of-memory`, `worker-crashed`, `aborted`
 */
export async function createEmbedder(options: EmbedderOptions = {}): Promise<Embedder> {
  const checked = checkModelOptions(options);
  const store = openStore(options);
  throwIfAborted(options.signal);
  const { model, dtype, hubUrl, modelsUrl, revision, maxTokens, threads } = checked;
  const { runtime, precision, simd } = checked;
  const remote = new RemoteEmbedder({
    spawn: () => spawnWorker(options.workerUrl),
    device: checked.device,
    probe: () => requestAdapter(false),
    request: {
      model,
      dtype,
      runtime,
      precision,
      simd,
      hubUrl,
      modelsUrl,
      ...(revision !== undefined && { revision }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(threads !== undefined && { threads }),
    },
    onProgress: (progress) => options.onProgress?.(progress),
  });
  try {
    return new WorkerEmbedder(remote, await remote.session(options.signal), store);
  } catch (error) {
    // After an abort nobody waits for this load.
    await remote.close();
    throw error;
  }
}

class WorkerEmbedder implements Embedder {
  readonly #remote: RemoteEmbedder;
  readonly #store: VectorStore | undefined;
  readonly #embed: EmbedTexts;
  readonly #lookups = { cacheHits: 0, cacheMisses: 0 };
  readonly #warnings: string[] = [];
  #session: Session;
  #closed = false;

  constructor(remote: RemoteEmbedder, session: Session, store: VectorStore | undefined) {
    this.#remote = remote;
    this.#session = session;
    this.#store = store;
    this.#embed = store ? this.#through(store) : remote.embed;
  }

  get info(): EmbedderInfo {
    const { model, fallback } = this.#session;
    return {
      model: model.id,
      revision: model.revision,
      device: model.device,
      runtime: model.runtime,
      ...(model.runtimeReason !== undefined && { runtimeReason: model.runtimeReason }),
      dtype: model.dtype,
      pooling: model.pooling,
      dimensions: model.dimensions,
      minDimensions: model.minDimensions,
      maxTokens: model.maxTokens,
      threads: model.threads,
      simd: model.simd,
      ...(model.adapter !== undefined && { adapter: model.adapter }),
      ...(fallback && { fallback }),
      warnings: [...model.warnings, ...this.#warnings],
      counts: { ...this.#remote.counts, ...this.#lookups },
    };
  }

  async embed(texts: string | readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    this.#refuseWhenClosed();
    const list = checkTexts(texts);
    const { kind = 'document', task, truncate = true, signal, onProgress } = options;
    oneOf('kind', kind, ['document', 'query']);
    throwIfAborted(signal);
    this.#session = await this.#remote.session(signal);
    const { model } = this.#session;
    const dimensions = checkDimensions(model, options.dimensions);
    const prefix = promptPrefix(model, kind, task);
    const rows = await this.#embed(
      { texts: list, prefix, truncate },
      { urgent: kind === 'query', ...(signal && { signal }), ...(onProgress && { onProgress }) },
    );
    // The worker may have died and another loaded the model anew while the texts went there.
    if (rows.identity !== model.identity) this.#session = await this.#remote.session(signal);
    return toEmbeddings(rows, dimensions);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#remote.close();
    await this.#store?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #through(store: VectorStore): EmbedTexts {
    return cached(this.#remote.embed, store, {
      identity: async (signal) => (await this.#remote.session(signal)).model.identity,
      onWarning: ({ message }) => this.#warnings.push(message),
      onLookup: ({ hits, misses }) => {
        this.#lookups.cacheHits += hits;
        this.#lookups.cacheMisses += misses;
      },
    });
  }

  #refuseWhenClosed(): void {
    if (this.#closed) {
      throw new NearfieldError('closed', 'This embedder was closed; create another one.');
    }
  }
}

function openStore(options: EmbedderOptions): VectorStore | undefined {
  const { cache = DEFAULTS.cache, cacheBytes: maxBytes = DEFAULTS.cacheBytes } = options;
  oneOf('cache', cache, ['indexeddb', 'memory', false]);
  if (!(maxBytes >= 0)) {
    throw new NearfieldError('bad-input', `cacheBytes: expected 0 or more, got ${maxBytes}.`);
  }
  if (cache === false) return undefined;
  return cache === 'memory' ? new MemoryStore(maxBytes) : new IndexedDbStore({ maxBytes });
}

/** Deletes every cached vector; they are computed again when they are asked for. */
export async function clearVectorCache(): Promise<void> {
  const store = new IndexedDbStore();
  try {
    await store.clear();
  } finally {
    await store.close();
  }
}

function spawnWorker(url: string | URL | undefined): Worker {
  if (url !== undefined) return new Worker(url, { type: 'module', name: 'nearfield-embed' });
  return new Worker(new URL('../workers/embed.worker.ts', import.meta.url), {
    type: 'module',
    name: 'nearfield-embed',
  });
}
