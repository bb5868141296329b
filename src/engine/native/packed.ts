/** A model as it lies in the engine's memory: plain data, sent to every thread. Pointers are byte offsets. */

/** Panels of 8 outputs (src/kernels); a pointer of 0 means that there is none. */
export interface PackedLinear {
  outputs: number;
  inputs: number;
  bits: 4 | 8;
  /** Inputs that share a scale. */
  block: number;
  weights: number;
  /** float32 [panel][inputs / block][8] */
  scales: number;
  /** uint8 [panel][inputs / block][8] */
  zeros: number;
  /** float32 [outputs] */
  bias: number;
}

/** float32, as long as what it scales. */
export interface PackedNorm {
  weight: number;
  bias: number;
  eps: number;
}

interface PackedSizes {
  hidden: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  ffn: number;
}

export interface PackedQwen3Layer {
  inputNorm: PackedNorm;
  qkv: readonly PackedLinear[];
  qNorm: PackedNorm;
  kNorm: PackedNorm;
  out: PackedLinear;
  postNorm: PackedNorm;
  gateUp: readonly PackedLinear[];
  down: PackedLinear;
}

export interface PackedQwen3 extends PackedSizes {
  family: 'qwen3';
  layers: readonly PackedQwen3Layer[];
  finalNorm: PackedNorm;
  /** float32 [positions][headDim / 2] each */
  rope: { cos: number; sin: number };
}

export interface PackedBertLayer {
  qkv: readonly PackedLinear[];
  out: PackedLinear;
  attentionNorm: PackedNorm;
  up: PackedLinear;
  down: PackedLinear;
  outputNorm: PackedNorm;
}

export interface PackedBert extends PackedSizes {
  family: 'bert';
  embeddingNorm: PackedNorm;
  layers: readonly PackedBertLayer[];
}

export type PackedModel = PackedQwen3 | PackedBert;
