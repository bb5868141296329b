/**
 * What a kernel module offers. Every number called a pointer is a byte offset into the one
 * WebAssembly.Memory that the module was given (up to 4 GB, so it may pass 2^31); strides, counts
 * and widths are in elements. Pointers to 32-bit values are multiples of 4, and the first
 * RESERVED_BYTES are the module's own.
 *
 * Nothing is checked: callers see to it that every range lies in the memory, that an output overlaps
 * no input except where it says "in place", and that widths are multiples of 4.
 *
 * A row's result is the same, bit for bit, whatever rows, queries or panels share its call.
 */

import { type Bits } from './layout.ts';

/** Weights, activations: what the matrix products need. */
export interface MatmulKernels {
  /**
   * Rows of float32 as int8 in blocks, each with its scale (largest magnitude / 127) and what its sums
   * of products start from. A block that is not finite has a scale that is not.
   *
   * Rows are stored in tiles of 4, so outputs are as long as for a multiple of 4 rows: int8
   * [tile][k / 4][4 rows][4 inputs], scales and starts [tile][k / block][4 rows]. Rows from r on, r a
   * multiple of 4, may be quantised or multiplied by themselves: theirs begin at q + r * k, scales and
   * starts + r * (k / block) * 4. What lies in the missing rows of a last tile is part of no result.
   *
   * @param stride elements from one row of x to the next
   * @param k inputs of a row, a multiple of `block`
   * @param block inputs of a scale: 32, or 16 for weights in blocks of 16 (see activationBlock)
   * @param starts float32: 1.5 * 2^23 - 8 * (sum of the block's int8 values)
   */
  quantizeRows(
    x: number,
    stride: number,
    rows: number,
    k: number,
    block: number,
    q: number,
    scales: number,
    starts: number,
  ): void;

  /**
   * Panels [panelFrom, panelTo) of 8 outputs: for row r and output c,
   * `out[r * outStride + c] = (accumulate ? out : 0) + bias[c] + sum over blocks of
   * aScale * wScale * (sum of q * (weight - zero))`. Outputs from n on are not written.
   *
   * @param q what quantizeRows made, in blocks of activationBlock(block), as aScales and aStarts
   * @param k a multiple of `block`
   * @param block inputs of a weight scale: 16, 32, 64 or 128
   * @param weights panels of packPanels or packDense, from panel 0 on
   * @param wScales float32 [panel][k / block][8]
   * @param zeros uint8 [panel][k / block][8]; 0: the midpoint, 8 of 4 bits and 128 of 8
   * @param bias n float32; 0: none
   * @param accumulate 1 adds to what is in out, 0 overwrites it
   * @param totals MATMUL_SCRATCH_BYTES of scratch
   */
  matmul(
    bits: Bits,
    q: number,
    aScales: number,
    aStarts: number,
    rows: number,
    k: number,
    block: number,
    weights: number,
    wScales: number,
    zeros: number,
    bias: number,
    n: number,
    out: number,
    outStride: number,
    accumulate: 0 | 1,
    panelFrom: number,
    panelTo: number,
    totals: number,
  ): void;
}

/** Everything between the matrix products. */
export interface RowKernels {
  /** out = x / sqrt(mean of squares + eps) * weight, per row; may be in place. */
  rmsNorm(
    x: number,
    stride: number,
    rows: number,
    width: number,
    weight: number,
    eps: number,
    out: number,
    outStride: number,
  ): void;

  /** out = (x - mean) / sqrt(variance + eps) * weight + bias, per row; may be in place. */
  layerNorm(
    x: number,
    stride: number,
    rows: number,
    width: number,
    weight: number,
    bias: number,
    eps: number,
    out: number,
    outStride: number,
  ): void;

  /**
   * out[r][i] = silu(x[r][i]) * x[r][width + i], so a row of x holds 2 * width. May be in place
   * (out = x).
   */
  swiglu(
    x: number,
    stride: number,
    rows: number,
    width: number,
    out: number,
    outStride: number,
  ): void;

  /** GELU with erf (not the tanh approximation), in place. Its erf is within 5e-7. */
  gelu(x: number, stride: number, rows: number, width: number): void;

  /**
   * On each of `heads` heads of headDim (a multiple of 8), side by side in a row, in place:
   * RMSNorm, then RoPE in halves (i with i + headDim / 2).
   *
   * @param cos float32 [position][headDim / 2], as sin
   * @param positions int32, one a row; the caller sees that tables reach them
   */
  headNormRope(
    x: number,
    stride: number,
    rows: number,
    heads: number,
    headDim: number,
    weight: number,
    eps: number,
    cos: number,
    sin: number,
    positions: number,
  ): void;

  /** Mean of the rows, `width` float32. */
  meanRows(x: number, stride: number, rows: number, width: number, out: number): void;
}

export interface AttentionKernels {
  /**
   * One head: softmax(q k^T * scale) v in float32, softmax over blocks of keys as they come. Keys
   * are the `prefixCount` rows of the prefix, then the `keys` rows at k. A key kept as prefix gives
   * the same bits as the same key at k: the two count through.
   *
   * @param queries rows at q, `firstQuery` the number of the first among the rows at k
   * @param prefixCount rows at prefixK and prefixV that every query sees; 0: none
   * @param headDim a multiple of 8
   * @param causal 1: query i sees the rows [0, firstQuery + i] at k; 0: all
   * @param scratch attentionScratchBytes(headDim) bytes of the caller's, one for each thread
   */
  attention(
    q: number,
    qStride: number,
    queries: number,
    firstQuery: number,
    prefixK: number,
    prefixV: number,
    prefixStride: number,
    prefixCount: number,
    k: number,
    v: number,
    kvStride: number,
    keys: number,
    headDim: number,
    scale: number,
    causal: 0 | 1,
    out: number,
    outStride: number,
    scratch: number,
  ): void;
}

/** From the layouts of files to those of matmul. k is a multiple of 16. */
export interface PackKernels {
  /**
   * Panels [panelFrom, panelTo) of 8 rows of a MatMulNBits tensor, panel p to
   * out + p * panelBytes(bits, k).
   *
   * @param source [n][k * bits / 8] bytes: what MatMulNBits stores, whatever its block. A slice
   * works as well: its own first row as `source`, its own rows as n, panels from 0.
   */
  packPanels(
    bits: Bits,
    source: number,
    n: number,
    k: number,
    panelFrom: number,
    panelTo: number,
    out: number,
  ): void;

  /**
   * Scales [n][blocks], float32 or float16 (half 1), as float32 [panel][blocks][8]. Scales of
   * outputs past n are 0.
   */
  packScales(
    source: number,
    half: 0 | 1,
    n: number,
    blocks: number,
    panelFrom: number,
    panelTo: number,
    out: number,
  ): void;

  /**
   * Zero points as MatMulNBits stores them, [n][ceil(blocks * bits / 8)] bytes with the first of two
   * in the low nibble, as uint8 [panel][blocks][8]. Those of outputs past n are 0.
   */
  packZeros(
    bits: Bits,
    source: number,
    n: number,
    blocks: number,
    panelFrom: number,
    panelTo: number,
    out: number,
  ): void;

  /**
   * Dense weights as 8-bit blocks of 32 with the midpoint 128, and their scales (float32
   * [panel][totalK / 32][8]). Works on slices of k as well, so that a tensor stored by inputs needs
   * no whole copy: for inputs from f on, give out + f * 8 and outScales + f, in bytes.
   *
   * @param source float32 or float16 (half 1), [n][k] or, transposed 1, [k][n]
   * @param k inputs in the source, a multiple of 32
   * @param totalK inputs of the whole weight, hence of a panel of out
   */
  packDense(
    source: number,
    half: 0 | 1,
    transposed: 0 | 1,
    n: number,
    k: number,
    totalK: number,
    panelFrom: number,
    panelTo: number,
    out: number,
    outScales: number,
  ): void;
}

export type Kernels = MatmulKernels & RowKernels & AttentionKernels & PackKernels;
