import type { ModelCounts, RemoteEmbedder } from './bridge/index.ts';
import { cached, IndexedDbStore, MemoryStore, type VectorStore } from './cache/index.ts';
import {
  checkDimensions,
  NearfieldError,
  promptPrefix,
  throwIfAborted,
  type DeviceProbe,
  type Embedder,
  type EmbedderInfo,
  type EmbedderOptions,
  type Embeddings,
  type EmbedOptions,
  type EmbedTexts,
  type LoadedModel,
  type QueryInfo,
  type TextKind,
} from './contract/index.ts';
import { toEmbeddings } from './embeddings.ts';
import { openLanes, type Lanes, type OpenLane } from './lanes.ts';
import { checkModelOptions, checkTexts, DEFAULTS, oneOf } from './options.ts';

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
  const lanes = await openLanes({
    spawn: () => spawnWorker(options.workerUrl),
    device: checked.device,
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
    signal: options.signal,
  });
  return new WorkerEmbedder(lanes, store);
}

/** What computes one kind of text, behind the cache where there is one. */
interface Lane extends OpenLane {
  embed: EmbedTexts;
}

class WorkerEmbedder implements Embedder {
  readonly #lanes: Readonly<Record<TextKind, Lane>>;
  readonly #store: VectorStore | undefined;
  readonly #probe: DeviceProbe | undefined;
  readonly #lookups = { cacheHits: 0, cacheMisses: 0 };
  readonly #warnings: string[] = [];
  #closed = false;

  constructor({ document, query, probe }: Lanes, store: VectorStore | undefined) {
    this.#store = store;
    this.#probe = probe;
    const documents = this.#lane(document);
    this.#lanes = {
      document: documents,
      query: query === document ? documents : this.#lane(query),
    };
  }

  get info(): EmbedderInfo {
    const { document, query } = this.#lanes;
    const { model, fallback } = document.session;
    return {
      model: model.id,
      revision: model.revision,
      ...placeOf(model),
      ...(model.runtimeReason !== undefined && { runtimeReason: model.runtimeReason }),
      pooling: model.pooling,
      dimensions: model.dimensions,
      minDimensions: model.minDimensions,
      maxTokens: model.maxTokens,
      ...(query !== document && { queries: placeOf(query.session.model) }),
      ...(this.#probe && { probe: this.#probe }),
      ...(fallback && { fallback }),
      warnings: [...this.#each(({ session }) => session.model.warnings).flat(), ...this.#warnings],
      counts: { ...this.#counts(), ...this.#lookups },
    };
  }

  async embed(texts: string | readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    this.#refuseWhenClosed();
    const list = checkTexts(texts);
    const { kind = 'document', task, truncate = true, signal, onProgress } = options;
    oneOf('kind', kind, ['document', 'query']);
    throwIfAborted(signal);
    const lane = this.#lanes[kind];
    lane.session = await lane.remote.session(signal);
    const { model } = lane.session;
    const dimensions = checkDimensions(model, options.dimensions);
    const prefix = promptPrefix(model, kind, task);
    const rows = await lane.embed(
      { texts: list, prefix, truncate },
      { urgent: kind === 'query', ...(signal && { signal }), ...(onProgress && { onProgress }) },
    );
    // The worker may have died and another loaded the model anew while the texts went there.
    if (rows.identity !== model.identity) lane.session = await lane.remote.session(signal);
    return toEmbeddings(rows, dimensions);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#each(({ remote }) => remote.close()));
    await this.#store?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #lane({ remote, session }: OpenLane): Lane {
    const store = this.#store;
    return { remote, session, embed: store ? this.#through(remote, store) : remote.embed };
  }

  #through(remote: RemoteEmbedder, store: VectorStore): EmbedTexts {
    return cached(remote.embed, store, {
      identity: async (signal) => (await remote.session(signal)).model.identity,
      onWarning: ({ message }) => this.#warnings.push(message),
      onLookup: ({ hits, misses }) => {
        this.#lookups.cacheHits += hits;
        this.#lookups.cacheMisses += misses;
      },
    });
  }

  #each<T>(of: (lane: Lane) => T): T[] {
    return [...new Set(Object.values(this.#lanes))].map(of);
  }

  #counts(): ModelCounts {
    const [first, second] = this.#each(({ remote }) => remote.counts);
    return {
      texts: first!.texts + (second?.texts ?? 0),
      tokens: first!.tokens + (second?.tokens ?? 0),
      milliseconds: first!.milliseconds + (second?.milliseconds ?? 0),
    };
  }

  #refuseWhenClosed(): void {
    if (this.#closed) {
      throw new NearfieldError('closed', 'This embedder was closed; create another one.');
    }
  }
}

/** What `info` tells of where texts of one kind are computed. */
function placeOf({ device, runtime, dtype, threads, simd, adapter }: LoadedModel): QueryInfo {
  return { device, runtime, dtype, threads, simd, ...(adapter !== undefined && { adapter }) };
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
