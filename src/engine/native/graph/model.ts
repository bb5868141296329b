/**
 * A known model as data: its family, its sizes and where each of its tensors lies in its files. What
 * the graph it came from looked like (fused or not, which operators) is no longer visible here.
 */

/** As ONNX Runtime's JavaScript names them; the 4-bit types hold two values a byte, low half first. */
export type TensorType =
  'float32' | 'float16' | 'uint8' | 'int8' | 'int32' | 'int64' | 'uint4' | 'int4';

/** Bytes of one tensor, little-endian, row-major. Nothing is read before it is asked for. */
export interface TensorRef {
  dtype: TensorType;
  dims: readonly number[];
  /** Relative to the folder of the graph file; '' is the graph file itself. */
  file: string;
  /** In bytes from the file's start; not aligned to anything. Not checked against the file's size. */
  offset: number;
  /** In bytes; exactly what `dims` and `dtype` say. */
  length: number;
}

/**
 * A matrix of `outputs` x `inputs`.
 *
 * `blocks` is MatMulNBits' layout. `data`: uint8 [outputs][inputs / block][block * bits / 8], first
 * code in the low half of its byte. `scales`: float32 or float16 [outputs][inputs / block], in one
 * dimension or two. `zeros`: uint8, each row of `bits`-bit codes filled up to whole bytes:
 * [outputs][ceil(inputs / block * bits / 8)]; left out, every zero point is 2^(bits - 1).
 * A weight is (code - zero) * scale. `inputs` is a multiple of `block`.
 *
 * `dense` is float32 or float16, [outputs][inputs], or [inputs][outputs] where `transposed`.
 */
export type Weight =
  | {
      kind: 'blocks';
      bits: 4 | 8;
      /** 16, 32, 64 or 128 */
      block: number;
      data: TensorRef;
      scales: TensorRef;
      zeros?: TensorRef;
    }
  | { kind: 'dense'; data: TensorRef; transposed: boolean };

/** outputs = weight x inputs + bias */
export interface Linear {
  outputs: number;
  inputs: number;
  weight: Weight;
  /** float32 or float16, `outputs` values; left out, there is none. */
  bias?: TensorRef;
}

/**
 * Rows that are looked up: `rows` x `width`.
 *
 * `dense`: float32 or float16 [rows][width]. `blocks`: `data` [rows][width] codes of `bits` bits in a
 * row, first code in the low half of its byte, in two's complement where `signed`; `scales`: float32
 * or float16 [rows][width / block]; `zeros`: codes like `data`, each row filled up to whole bytes,
 * [rows][ceil(width / block * bits / 8)]. Left out, every zero point is `zero`. A value is
 * (code - zero point) * scale. `width` is a multiple of `block`, `block` is even.
 */
export type Table = { rows: number; width: number } & (
  | { kind: 'dense'; data: TensorRef }
  | {
      kind: 'blocks';
      bits: 4 | 8;
      block: number;
      signed: boolean;
      zero: number;
      data: TensorRef;
      scales: TensorRef;
      zeros?: TensorRef;
    }
);

/** RMSNorm in a Qwen3 model (never a bias), layer normalisation in a BERT model (always a bias). */
export interface Norm {
  /** float32 or float16, one value an element */
  weight: TensorRef;
  bias?: TensorRef;
  eps: number;
}

/** Pre-norm: x += out(attention(inputNorm(x))); x += down(silu(gate) * up), both of postNorm(x). */
export interface Qwen3Layer {
  inputNorm: Norm;
  /** One linear, or three: their outputs side by side are all queries, all keys, all values. */
  qkv: readonly Linear[];
  /** Of each head by itself (`headDim` weights), before the rotation. */
  qNorm: Norm;
  kNorm: Norm;
  out: Linear;
  postNorm: Norm;
  /** One linear, or two: their outputs side by side are the gate, then what it gates. */
  gateUp: readonly Linear[];
  down: Linear;
}

/**
 * Causal; attention scores are scaled by 1 / sqrt(headDim); query head h looks at key head
 * floor(h * kvHeads / heads); halves of a head are rotated (not neighbours). No linear has a bias.
 */
export interface Qwen3Model {
  family: 'qwen3';
  hidden: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  ffn: number;
  embedding: Table;
  layers: readonly Qwen3Layer[];
  finalNorm: Norm;
  /** Tables of [positions][headDim / 2], float32 or float16; the model has no more positions. */
  rope: { cos: TensorRef; sin: TensorRef; positions: number };
}

/** Post-norm: x = attentionNorm(x + out(attention(x))); x = outputNorm(x + down(gelu(up(x)))). */
export interface BertLayer {
  /** One linear, or three: their outputs side by side are all queries, all keys, all values. */
  qkv: readonly Linear[];
  out: Linear;
  attentionNorm: Norm;
  up: Linear;
  down: Linear;
  outputNorm: Norm;
}

/**
 * Every token sees every other; scores are scaled by 1 / sqrt(headDim), and heads * headDim is
 * hidden; the GELU is the exact one (erf).
 * x = embeddingNorm(word row + position row + row 0 of the types).
 */
export interface BertModel {
  family: 'bert';
  hidden: number;
  heads: number;
  headDim: number;
  ffn: number;
  wordTable: Table;
  positionTable: Table;
  /** Row of the position table that the first token takes: 0, or 2 for XLM-R's kind. */
  positionOffset: number;
  /** Longest sequence: rows of the position table less the offset. */
  positions: number;
  typeTable?: Table;
  embeddingNorm: Norm;
  layers: readonly BertLayer[];
}

export type NativeModel = Qwen3Model | BertModel;
