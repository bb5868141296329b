/** Principal coordinates of rows, in directions of four bits a value. */

import { toInt4, type Int4 } from '../../light/int4.ts';
import { dot } from './dot.ts';
import { basisOf } from './head.ts';
import { principalDirections } from './principal.ts';

/** Steps of the inverse; each makes what four bits leave at most a third. */
const STEPS = 6;

export class Projection {
  readonly stored: Int4;
  readonly width: number;
  readonly count: number;
  /** As stored: `count` rows of `width`. */
  readonly basis: Float32Array;
  /** Its pseudo-inverse, transposed. */
  readonly #inverse: Float32Array;

  /** @param sample centred rows */
  constructor(sample: Float32Array, width: number, count: number, seed: number) {
    this.stored = toInt4(principalDirections(sample, width, count, seed));
    this.width = width;
    this.count = count;
    const { codes, scales } = this.stored;
    this.basis = basisOf({ basisCodes: codes, basisScales: scales }, count, width);
    this.#inverse = inverseOf(this.basis, width);
  }

  /** Writes the coordinates of a centred row, those whose sum over the basis is nearest to it. */
  write(row: Float32Array, out: Float32Array, start: number): void {
    for (let i = 0; i < this.count; i++) {
      out[start + i] = dot(this.#inverse, i * this.width, row, 0, this.width);
    }
  }

  /** row += the sum over the basis. */
  addTo(row: Float32Array, coordinates: Float32Array): void {
    for (const [i, coordinate] of coordinates.entries()) {
      const start = i * this.width;
      for (let j = 0; j < this.width; j++) row[j]! += coordinate * this.basis[start + j]!;
    }
  }
}

/** X of X B' = 1, by X <- X + (1 - X B') B: rows of B are nearly orthonormal, or zeros. */
function inverseOf(basis: Float32Array, width: number): Float32Array {
  const count = basis.length / width;
  let inverse = basis.slice();
  for (let step = 0; step < STEPS; step++) {
    const next = inverse.slice();
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const share = (i === j ? 1 : 0) - dot(inverse, i * width, basis, j * width, width);
        for (let k = 0; k < width; k++) next[i * width + k]! += share * basis[j * width + k]!;
      }
    }
    inverse = next;
  }
  return inverse;
}
