/** Principal coordinates of rows, in directions of four bits a value. */

import { toInt4, type Int4 } from '../../light/int4.ts';
import { basisOf } from './head.ts';
import { principalDirections } from './principal.ts';
import { eachProducts } from './products.ts';

/** Steps of the inverse; each makes what four bits leave at most a third. */
const STEPS = 6;

export class Projection {
  readonly stored: Int4;
  readonly width: number;
  readonly count: number;
  /** As stored: `count` rows of `width`. */
  readonly basis: Float32Array;
  /** Its pseudo-inverse, transposed: products with it are coordinates. */
  readonly inverse: Float32Array;

  /** The basis: `width` rows of `count`. */
  readonly #transposed: Float32Array;

  /** @param sample centred rows */
  constructor(sample: Float32Array, width: number, count: number, seed: number) {
    this.stored = toInt4(principalDirections(sample, width, count, seed));
    this.width = width;
    this.count = count;
    const { codes, scales } = this.stored;
    this.basis = basisOf({ basisCodes: codes, basisScales: scales }, count, width);
    this.inverse = inverseOf(this.basis, width);
    this.#transposed = transposed(this.basis, width);
  }

  /** Sums over the basis: `count` coordinates each become `width` values. */
  sums(coordinates: Float32Array): Float32Array {
    const { width, count } = this;
    const sums = new Float32Array((coordinates.length / count) * width);
    eachProducts(coordinates, count, undefined, this.#transposed, (row, values) => {
      sums.set(values, row * width);
    });
    return sums;
  }
}

function transposed(rows: Float32Array, width: number): Float32Array {
  const count = rows.length / width;
  return Float32Array.from(rows, (_, i) => rows[(i % count) * width + Math.floor(i / count)]!);
}

/** X of X B' = 1, by X <- X + (1 - X B') B: rows of B are nearly orthonormal, or zeros. */
function inverseOf(basis: Float32Array, width: number): Float32Array {
  const count = basis.length / width;
  const columns = transposed(basis, width);
  let inverse = basis.slice();
  for (let step = 0; step < STEPS; step++) {
    const left = new Float32Array(count * count);
    eachProducts(inverse, width, undefined, basis, (row, products) => {
      for (let i = 0; i < count; i++) left[row * count + i] = (i === row ? 1 : 0) - products[i]!;
    });
    const next = inverse.slice();
    eachProducts(left, count, undefined, columns, (row, products) => {
      for (let i = 0; i < width; i++) next[row * width + i]! += products[i]!;
    });
    inverse = next;
  }
  return inverse;
}
