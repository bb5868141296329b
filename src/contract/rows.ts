import { NearfieldError } from './errors.ts';

/**
 * Zeros for so many rows of a width. Throws `out-of-memory` where one array cannot hold them: a
 * million rows of width 1,024 take 4 GB.
 */
export function roomForRows(rows: number, width: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * width);
  } catch (error) {
    throw new NearfieldError(
      'out-of-memory',
      `There is no memory for ${rows} vectors of width ${width} at once. Embed fewer texts in one call.`,
      { cause: error },
    );
  }
}

/** For each of `width` values its mean over rows; zeros where there are none. */
export function meanOf(rows: Float32Array, width: number): Float32Array<ArrayBuffer> {
  const sums = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) sums[i % width]! += rows[i]!;
  const count = rows.length / width || 1;
  return Float32Array.from(sums, (sum) => sum / count);
}
