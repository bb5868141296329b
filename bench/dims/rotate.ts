/** Rows as the index has them before it rounds: their mean off, rotated at random, by its own kernels. */

import { readFile } from 'node:fs/promises';
import {
  instantiateSearchKernels,
  paddedWidth,
  RESERVED_BYTES,
  rotationRounds,
} from '../../src/kernels/index.ts';
import { loadSearchModule } from '../../src/vectors/index.ts';
import { signWords } from '../../src/vectors/signs.ts';

const BATCH_ROWS = 1024;
const PAGE_BYTES = 65_536;

/** Seed of an index that is not told one. */
const SEED = 1;

export interface Rotated {
  /** Values of a row: `dimensions`, rounded up. */
  width: number;
  /** R(x - mean) of each row. */
  values: Float32Array;
}

/** @param mean `dimensions` values */
export async function rotate(rows: Float32Array, mean: Float32Array): Promise<Rotated> {
  const dimensions = mean.length;
  const width = paddedWidth(dimensions);
  const signs = signWords(SEED, rotationRounds(width) * width);
  const at = RESERVED_BYTES + signs.byteLength;
  const initial = Math.ceil((at + BATCH_ROWS * width * 4) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial });
  const { module } = await loadSearchModule('auto', false, (url) => readFile(url));
  const kernels = instantiateSearchKernels(module, memory);
  new Uint32Array(memory.buffer, RESERVED_BYTES).set(signs);
  const count = rows.length / dimensions;
  const values = new Float32Array(count * width);
  for (let first = 0; first < count; first += BATCH_ROWS) {
    const size = Math.min(BATCH_ROWS, count - first);
    const batch = new Float32Array(memory.buffer, at, size * width).fill(0);
    for (let row = 0; row < size; row++) {
      const from = (first + row) * dimensions;
      for (let i = 0; i < dimensions; i++) batch[row * width + i] = rows[from + i]! - mean[i]!;
    }
    kernels.rotateRows(at, size, width, RESERVED_BYTES);
    values.set(batch, first * width);
  }
  return { width, values };
}

/** Of all rows. */
export function meanOf(rows: Float32Array, dimensions: number): Float32Array {
  const sums = new Float64Array(dimensions);
  for (let start = 0; start < rows.length; start += dimensions) {
    for (let i = 0; i < dimensions; i++) sums[i]! += rows[start + i]!;
  }
  return Float32Array.from(sums, (sum) => (sum * dimensions) / rows.length);
}
