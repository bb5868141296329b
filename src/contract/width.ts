/** Vectors of another width than the model's own. */

import { NearfieldError } from './errors.ts';

/** A model as far as its widths go. */
export interface CuttableModel {
  id: string;
  /** Full width. */
  dimensions: number;
  /** Smallest width; the full one where vectors may not be cut. */
  minDimensions: number;
}

/** The width asked for. Throws `bad-input` when the model's vectors cannot be cut so. */
export function checkDimensions(model: CuttableModel, wanted: number | undefined): number {
  const { dimensions: full, minDimensions: min } = model;
  if (wanted === undefined || wanted === full) return full;
  if (Number.isInteger(wanted) && wanted >= min && wanted <= full) return wanted;
  const expected =
    min === full
      ? `${full}, as ${model.id} was not trained for shorter vectors`
      : `${min} to ${full}`;
  throw new NearfieldError('bad-input', `dimensions: expected ${expected}; got ${String(wanted)}.`);
}

/** Matryoshka: keep the first values of each row and scale it to L2 norm 1 (arXiv 2205.13147). */
export function cutRows(
  data: Float32Array,
  width: number,
  dimensions: number,
): Float32Array<ArrayBuffer> {
  const rows = data.length / width;
  const cut = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const kept = data.subarray(row * width, row * width + dimensions);
    const norm = Math.sqrt(kept.reduce((sum, value) => sum + value * value, 0));
    if (!(norm > 0)) {
      throw new NearfieldError(
        'bad-vector',
        `A vector is zero in its first ${dimensions} values.`,
        {
          index: row,
        },
      );
    }
    for (let i = 0; i < dimensions; i++) cut[row * dimensions + i] = (kept[i] as number) / norm;
  }
  return cut;
}
