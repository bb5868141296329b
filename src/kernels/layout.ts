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

/** Keys that attention takes at a time. */
const KEY_BLOCK = 72;

/** Queries that share a block of keys in attention, and whose keys are copied once. */
export const QUERY_TILE = 144;

/**
 * Bytes of scratch that `attention` wants: a tile of queries, a block of keys and of values, their
 * scores, and each query's running maximum, sum, factor and output.
 */
export function attentionScratchBytes(headDim: number): number {
  const copies = (QUERY_TILE + 2 * KEY_BLOCK) * headDim;
  return (copies + QUERY_TILE * (KEY_BLOCK + 3 + headDim)) * Float32Array.BYTES_PER_ELEMENT;
}
