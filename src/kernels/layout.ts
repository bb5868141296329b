/** The sizes that callers and kernels agree on. */

/** Bits of a packed weight. */
export type Bits = 4 | 8;

/** The first bytes of a memory, where a module keeps constants: nothing else may lie there. */
export const RESERVED_BYTES = 65_536;

/** Outputs that are packed side by side. */
export const PANEL = 8;

/** Rows of activations that are stored together. */
export const TILE = 4;

/** Rows that room is needed for where `rows` are quantised. */
export function tiledRows(rows: number): number {
  return Math.ceil(rows / TILE) * TILE;
}

/** Inputs up to which `matmul` takes the nibbles of a panel apart where many rows meet it. */
const MOST_UNPACKED = 4096;

/**
 * Bytes of scratch that `matmul` wants: the totals of a tile's rows with a panel's outputs, and a
 * panel's weights as bytes.
 */
export const MATMUL_SCRATCH_BYTES =
  TILE * PANEL * Float32Array.BYTES_PER_ELEMENT + PANEL * MOST_UNPACKED;

/** Panels of n outputs; the last may be partly empty. */
export function panelCount(n: number): number {
  return Math.ceil(n / PANEL);
}

/** Bytes of one packed panel: weights only, scales and zero points lie apart. */
export function panelBytes(bits: Bits, k: number): number {
  return (PANEL * k * bits) / 8;
}

/**
 * Inputs that share a scale of the activations, for weights in blocks of `block`: 32 at most, since
 * larger blocks would let one outlier flatten more of its neighbours.
 */
export function activationBlock(block: number): number {
  return Math.min(block, 32);
}

/** Keys that attention takes at a time, and queries that share a block of keys. */
const KEY_BLOCK = 32;
const QUERY_TILE = 64;

/**
 * Bytes of scratch that `attention` wants: a block of keys and of values, the scores of four
 * queries, and each query's running maximum, sum and output.
 */
export function attentionScratchBytes(headDim: number): number {
  const floats = 2 * KEY_BLOCK * headDim + 4 * KEY_BLOCK + 2 * QUERY_TILE + QUERY_TILE * headDim;
  return floats * Float32Array.BYTES_PER_ELEMENT;
}
