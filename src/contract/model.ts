/** What a model is: where its files lie, how its vectors are made. */

export type Device = 'webgpu' | 'wasm';
export type DeviceChoice = 'auto' | Device;

/** What computes: kernels of our own, for models of known families, or ONNX Runtime, for any graph. */
export const RUNTIMES = ['native', 'onnxruntime'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/** Instructions of the WASM path: relaxed SIMD has dot products of bytes, which not every browser has. */
export const SIMDS = ['relaxed', 'simd128'] as const;
export type Simd = (typeof SIMDS)[number];

/** How exactly the WASM path computes, see `EmbedderOptions`. */
export const PRECISIONS = ['auto', 'exact'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Whether options leave it open that Nearfield's own kernels run on WASM. */
export function mayBeNative(options: {
  runtime: 'auto' | RuntimeName;
  precision: Precision;
}): boolean {
  return options.runtime !== 'onnxruntime' && options.precision !== 'exact';
}

/** File variants, by the hub's suffixes (`onnx/model_q4f16.onnx`; fp32 has none, q8 is `_quantized`). */
export const DTYPES = ['fp32', 'fp16', 'q8', 'int8', 'uint8', 'q4', 'q4f16', 'bnb4'] as const;
export type Dtype = (typeof DTYPES)[number];
export type DtypeChoice = 'auto' | Dtype;

/** How token states become one vector. `last` is the last real token, found by length. */
export type Pooling = 'mean' | 'cls' | 'last';

export interface ModelFile {
  /** Inside the model's folder, with forward slashes. */
  path: string;
  /** Exact size; a download of another size is refused. */
  bytes?: number;
  /** Size known only roughly, for people. */
  aboutBytes?: number;
  /** Lower-case hex; a download with another hash is refused. */
  sha256?: string;
}

/** Files of one dtype: the graph first, then its external data. */
export interface DtypeFiles {
  files: readonly ModelFile[];
  /** Largest single tensor, which must fit one storage buffer on WebGPU. */
  largestTensorBytes?: number;
  /** The graph computes in float16, which WebGPU offers only with `shader-f16`. */
  needsShaderF16?: boolean;
  /** Taken only when asked for by name. */
  notRecommended?: boolean;
}

export interface Prompts {
  /** Put before a query; `{task}` is replaced. */
  query: string;
  /** Put before a document. */
  document: string;
}

/** Known answers that a device must reproduce before its vectors are trusted. */
export type SelfTest = VectorTest | CosineTest;

export interface VectorTest {
  /** Text with its prompt; longer than 40 tokens, so that the long-sequence kernels run. */
  text: string;
  /** Unit vector, full width or its first values only. */
  vector: readonly number[];
  /** Lowest cosine over the given values. */
  minCosine: number;
  /** A shorter text, for devices whose kernels are the same at every length (WASM). */
  short?: { text: string; vector: readonly number[] };
}

export interface CosineTest {
  /** Texts with their prompts. */
  texts: readonly string[];
  /** Expected cosine of texts `a` and `b`. */
  cosines: readonly { a: number; b: number; value: number }[];
  /** Largest difference allowed. */
  tolerance: number;
}

/** A repository at a revision, or a folder; relative URLs start at the folder of models served with the site. */
export type ModelSource = { hub: string; revision: string } | { url: string };

/** A model with nothing left open; the catalogue holds these, and users may pass their own. */
export interface ModelSpec {
  id: string;
  source: ModelSource;
  /** Version of files at a URL; a hub source names its own. @default a hash of the files */
  revision?: string;
  pooling: Pooling;
  prompts: Prompts;
  /** Fills `{task}` of the query prompt when the caller gives none. */
  defaultTask?: string;
  /** Full width of the vectors. */
  dimensions: number;
  /** Present when vectors may be cut; `min` is the smallest width. */
  matryoshka?: { min: number };
  /** Longest input in tokens, special tokens counted in, where the caller asks for no other. */
  maxTokens: number;
  /** Longest that the caller may ask for. @default maxTokens */
  mostTokens?: number;
  /** Attention's keys and values, for exports that want an empty past and leave its shape open. */
  keyValue?: { heads: number; headSize: number };
  /** Token that must end every input; appended when the tokenizer's template leaves it out. */
  endTokenId?: number;
  dtypes: Partial<Record<Dtype, DtypeFiles>>;
  tokenizer: { tokenizer: ModelFile; config: ModelFile };
  selfTest?: SelfTest;
  /** SPDX identifier. */
  licence?: string;
}
