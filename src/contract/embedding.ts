/** What goes into an embedder and what comes out. */

import type {
  Device,
  DeviceChoice,
  Dtype,
  DtypeChoice,
  ModelSpec,
  Precision,
  RuntimeName,
  Simd,
} from './model.ts';
import type { ErrorCode } from './errors.ts';
import type { Pooling } from './model.ts';

/** Queries and documents may carry different prompts; vectors of both live in one space. */
export type TextKind = 'document' | 'query';

export interface EmbedOptions {
  /** @default 'document' */
  kind?: TextKind;
  /**
   * What the search is for, in English, for models that take an instruction with their queries.
   * @default the model's own default task
   */
  task?: string;
  /**
   * Matryoshka width: the first `dimensions` values, L2-normalised after the cut.
   * @default the model's full width
   */
  dimensions?: number;
  /**
   * Cut texts past the model's token limit. With `false` such a text is `bad-input`.
   * @default true
   */
  truncate?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: EmbedProgress) => void;
}

/** Never runs backwards; told some twenty times a second at most while texts are in the model. */
export interface EmbedProgress {
  /** Texts that are ready. */
  done: number;
  /** Texts in all. */
  total: number;
  /**
   * Of all texts, 0 to 1: those that are ready, and of those in the model the part that is computed,
   * where that can be told. 1 when all are ready.
   */
  share: number;
}

/** Unit vectors, one row per text, in the caller's order. */
export interface Embeddings {
  /** rows x dimensions, row-major, each row of L2 norm 1. */
  readonly data: Float32Array<ArrayBuffer>;
  readonly rows: number;
  readonly dimensions: number;
  /** Tokens the model read for each text, prompt and special tokens counted in. */
  readonly tokens: Uint32Array;
  /** Whether each text was cut at the model's limit. */
  readonly truncated: readonly boolean[];
  /** A view of row `i`; throws a RangeError outside 0..rows-1. */
  row(i: number): Float32Array<ArrayBuffer>;
}

export interface EmbedderInfo {
  /** Catalogue id, hub repository id or URL, as asked for. */
  readonly model: string;
  /** Commit, version or content hash the files were taken at. */
  readonly revision: string;
  readonly device: Device;
  readonly runtime: RuntimeName;
  /** Why ONNX Runtime runs on WASM where Nearfield's own kernels were not ruled out by an option. */
  readonly runtimeReason?: string;
  readonly dtype: Dtype;
  readonly pooling: Pooling;
  /** Full width of the model's vectors. */
  readonly dimensions: number;
  /** Smallest width `dimensions` may ask for; equal to `dimensions` where the model is not matryoshka. */
  readonly minDimensions: number;
  readonly maxTokens: number;
  /** Threads the WASM path computes with; 1 on WebGPU. */
  readonly threads: number;
  /** Instructions of the WASM path. `'simd128'` with ONNX Runtime and on WebGPU, which leave no choice. */
  readonly simd: Simd;
  /** The WebGPU adapter, for people: `vendor architecture (description)`. */
  readonly adapter?: string;
  /** What computes queries, where that is not what computes documents, which all the rest tells of. */
  readonly queries?: QueryInfo;
  /** What was measured once on this machine to choose between the devices. */
  readonly probe?: DeviceProbe;
  /** Set when another device was tried first, with the reason it was left. */
  readonly fallback?: { from: Device; code: ErrorCode; message: string };
  /** Things that went less well than they should, for people: storage that failed, assumptions made. */
  readonly warnings: readonly string[];
  readonly counts: EmbedderCounts;
}

/** As in `EmbedderInfo`. */
export type QueryInfo = Pick<
  EmbedderInfo,
  'device' | 'runtime' | 'dtype' | 'threads' | 'simd' | 'adapter'
>;

/** Milliseconds that a call took, its way to the worker counted in. */
export interface DeviceProbe {
  /** One short query; the median of some. */
  readonly query: Readonly<Record<Device, number>>;
  /** Eight texts of some 128 tokens. WASM is given up once it has taken as long as WebGPU. */
  readonly documents: { readonly webgpu: number; readonly wasm?: number };
}

/** What this embedder has done since it was created. */
export interface EmbedderCounts {
  /** Texts and tokens sent to the model (cache hits are not). */
  readonly texts: number;
  readonly tokens: number;
  readonly cacheHits: number;
  readonly cacheMisses: number;
  /** Milliseconds the model computed; of a query in the midst of a document both count. */
  readonly milliseconds: number;
}

export interface Embedder {
  readonly info: EmbedderInfo;
  embed(texts: string | readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /** Frees the session and its worker; every later call rejects with `closed`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface EmbedderOptions {
  /**
   * Catalogue id, hub repository id (`owner/name`), URL of a model folder, or a ModelSpec.
   * @default 'qwen3-embedding-0.6b'
   */
  model?: string | ModelSpec;
  /**
   * With 'auto' WebGPU where a real adapter suits the model, else WASM. Where Nearfield's own kernels
   * run the model as well, both are measured once, at the first load, and each kind of text goes to
   * the faster one; not so for files over 256 MiB unless the browser tells of 8 GB of memory.
   * @default 'auto'
   */
  device?: DeviceChoice;
  /** @default 'auto' */
  dtype?: DtypeChoice;
  /** Revision of a hub repository: branch, tag or commit. @default the catalogue's pin, else 'main' */
  revision?: string;
  /**
   * Token limit, up to the model's own.
   * @default the model's; 8192 for 'qwen3-embedding-0.6b', which takes 32768
   */
  maxTokens?: number;
  /** WASM threads; more than one needs cross-origin isolation. @default by the machine's cores */
  threads?: number;
  /**
   * What computes on WASM: `'native'`, Nearfield's own kernels, which know Qwen3 and BERT-like
   * models, or `'onnxruntime'`. With 'auto' the first where the model is of a known family. No
   * effect on WebGPU, which ONNX Runtime computes.
   * @default 'auto'
   */
  runtime?: 'auto' | RuntimeName;
  /**
   * On WASM, Nearfield's own kernels round activations to 8 bits in small blocks. On the starter and
   * on the seeded models of the tests a vector keeps a cosine of 0.999 or more to the unrounded one.
   * `'exact'` leaves the model to ONNX Runtime, which rounds activations only where the model's file
   * asks for it (`accuracy_level` 4), and is slower. No effect on WebGPU, which ONNX Runtime
   * computes.
   * @default 'auto'
   */
  precision?: Precision;
  /**
   * Instructions of Nearfield's own kernels; no effect on ONNX Runtime. `'relaxed'` fails with
   * `unsupported-model` where the browser lacks it.
   * @default 'auto', relaxed SIMD where the browser has it
   */
  simd?: 'auto' | Simd;
  /**
   * Where vectors are kept: `'indexeddb'` across reloads, `'memory'` until close, `false` nowhere.
   * @default 'indexeddb'
   */
  cache?: 'indexeddb' | 'memory' | false;
  /** Most bytes of vectors the cache keeps; the least recently used go first. @default 268435456 */
  cacheBytes?: number;
  /** Where hub repositories are fetched from: a mirror with the hub's paths. @default 'https://huggingface.co' */
  hubUrl?: string;
  /** Folder that holds the models served with the site. @default 'models/' beside the page */
  modelsUrl?: string;
  /** A self-hosted copy of the embed worker, for sites with a strict policy. @default the package's own */
  workerUrl?: string | URL;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

/** Where loading stands. `loaded` and `total` count bytes over all files of the model. */
export interface LoadProgress {
  /**
   * `plan` comes before the first byte of weights, and says how many bytes will come. `probe` comes
   * only where two devices are measured, see `EmbedderOptions.device`. `stored` is the last: files that came fast are used first, and on this machine for good some seconds after
   * the model is `ready`. It stays out where the browser has no room for them, and where another
   * tab was about to store them.
   */
  phase: 'plan' | 'download' | 'compile' | 'self-test' | 'probe' | 'ready' | 'stored';
  device: Device;
  dtype: Dtype;
  loaded: number;
  total: number;
  /** Bytes of `total` that were on this machine already. */
  stored: number;
  /** The file being fetched. */
  file?: string;
}

/** What the model side of the bridge is asked for; rows come back full-width. */
export interface EmbedRequest {
  texts: readonly string[];
  /** Prompt put before every text, already filled in. */
  prefix: string;
  truncate: boolean;
}

/** Full-width unit rows and what was read for them. */
export interface EmbedRows {
  data: Float32Array<ArrayBuffer>;
  tokens: Uint32Array<ArrayBuffer>;
  /** 1 where the text was cut. */
  truncated: Uint8Array<ArrayBuffer>;
  /** Which model, revision, dtype, pooling, token limit and runtime made the rows. */
  identity: string;
}

/** Scheduling and feedback of one call. */
export interface EmbedContext {
  /** Queries overtake documents that wait. */
  urgent: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: EmbedProgress) => void;
}

/** The function that the remote model is, and that the cache wraps. */
export type EmbedTexts = (request: EmbedRequest, context: EmbedContext) => Promise<EmbedRows>;
