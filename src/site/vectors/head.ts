/** What all queries need of an index: a head's parts made ready for arithmetic. */

import { halfToNumber } from '../../contract/index.ts';
import { addInt4 } from '../../light/int4.ts';
import { Coder } from './codes.ts';
import { boundsOf } from './bisect.ts';
import { dot } from './dot.ts';
import { headCoordinates, type HeadCounts, type HeadParts } from './layout.ts';

/** A query as the layers of an index see it. */
export interface Question {
  /** Product with what all rows have in common. */
  common: number;
  /** Standard deviation of its products with all rows, nearly. */
  deviation: number;
  /** Its products with the principal directions. */
  coordinates: Float32Array;
  /** Its product with the direction. */
  along: number;
  /** Length of what the direction leaves of it, over the root of the dimensions: how much a unit adds or takes by chance. */
  aside: number;
  /** Times each dimension's spread, for long codes and for what they leave. */
  spread: Float32Array;
  restSpread: Float32Array;
}

export class Head {
  readonly counts: HeadCounts;
  readonly parts: HeadParts;
  /** Of the cells' means. */
  readonly means: Coder;
  readonly rows: Coder;
  /** Principal directions, as four bits a value give them: nearly of length 1, nearly orthogonal. */
  readonly basis: Float32Array;
  /** Cells before each sector's, and after the last. */
  readonly firstCells: Uint32Array;
  /** Groups before each cell's, and after the last. */
  readonly firstGroups: Uint32Array;

  /** @param parts sound ones */
  constructor(counts: HeadCounts, parts: HeadParts) {
    this.counts = counts;
    this.parts = parts;
    this.means = new Coder({
      words: numbersOf(parts.meanWords),
      lengths: numbersOf(parts.meanLengths),
      spreads: numbersOf(parts.meanSpreads),
    });
    this.rows = new Coder({
      words: numbersOf(parts.rowWords),
      lengths: numbersOf(parts.rowLengths),
      spreads: numbersOf(parts.rowSpreads),
    });
    this.basis = basisOf(parts, headCoordinates(counts), counts.dimensions);
    this.firstCells = placesAfter(parts.sectorCells);
    this.firstGroups = placesAfter(
      parts.cellRows.map((rows) => boundsOf(rows, counts.groupRows).length - 1),
    );
  }

  question(query: Float32Array): Question {
    const { dimensions } = this.counts;
    const { mean, direction, spread, restSpread } = this.parts;
    const along = dot(direction, 0, query, 0, dimensions);
    const left = query.map((value, i) => value - along * direction[i]!);
    return {
      common: dot(mean, 0, query, 0, dimensions),
      deviation: this.#deviation(left, along),
      coordinates: this.#coordinates(query),
      along,
      aside: Math.sqrt(dot(left, 0, left, 0, dimensions) / dimensions),
      spread: spread.map((value, i) => value * query[i]!),
      restSpread: restSpread.map((value, i) => value * query[i]!),
    };
  }

  #coordinates(query: Float32Array): Float32Array {
    const { dimensions } = this.counts;
    const coordinates = new Float32Array(headCoordinates(this.counts));
    for (let i = 0; i < coordinates.length; i++) {
      coordinates[i] = dot(this.basis, i * dimensions, query, 0, dimensions);
    }
    return coordinates;
  }

  /**
   * Exactly what the direction has part in, which is most of what queries have in common; of what is left
   * of the query, as if principal coordinates had no covariance.
   */
  #deviation(left: Float32Array, along: number): number {
    const { dimensions } = this.counts;
    const { direction, variances, covariance } = this.parts;
    let outside = dot(left, 0, left, 0, dimensions);
    let variance =
      along *
      (2 * dot(left, 0, covariance, 0, dimensions) +
        along * dot(direction, 0, covariance, 0, dimensions));
    for (const [i, coordinate] of this.#coordinates(left).entries()) {
      const square = coordinate * coordinate;
      variance += square * variances[i]!;
      outside -= square;
    }
    variance += Math.max(0, outside) * variances.at(-1)!;
    return Math.sqrt(Math.max(0, variance));
  }
}

/** Where each of a row of parts begins, and the last ends. */
function placesAfter(lengths: Uint32Array): Uint32Array {
  const places = new Uint32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) places[i + 1] = places[i]! + length;
  return places;
}

export function numbersOf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, halfToNumber);
}

/** Rows of `width`, from four bits a value. */
export function basisOf(
  { basisCodes, basisScales }: Pick<HeadParts, 'basisCodes' | 'basisScales'>,
  count: number,
  width: number,
): Float32Array {
  const basis = new Float32Array(count * width);
  const int4 = { codes: basisCodes, scales: basisScales };
  for (let i = 0; i < count; i++) {
    const row = new Float64Array(width);
    addInt4(int4, i * width, 1, row);
    basis.set(row, i * width);
  }
  return basis;
}
