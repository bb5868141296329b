/**
 * Queries in a big model's space, without the model: a text's vector is the weighted mean of vectors
 * of its pieces plus the mean vector of queries, scaled to length 1. Takes microseconds.
 */

import { halfToNumber } from '../contract/index.ts';
import { addInt4, type Int4 } from './int4.ts';
import type { LightModel } from './model.ts';
import { Segmenter } from './segmenter.ts';
import { validate, type Validated } from './validate.ts';

export class LightEncoder {
  /** Whose vectors its own may be compared with. */
  readonly model: LightModel;
  readonly #segmenter: Segmenter;
  readonly #vectors: Int4;
  readonly #weights: Float64Array;
  readonly #mean: Float32Array;

  /**
   * What `fitLight` gave; the bytes are kept, not copied, where they begin at a multiple of 4.
   * Throws `bad-model` where they are damaged, `unsupported-model` where they are of another version.
   */
  static from(bytes: Uint8Array<ArrayBuffer>): LightEncoder {
    return new LightEncoder(validate(bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()));
  }

  private constructor({ model, parts, pieces }: Validated) {
    this.model = model;
    this.#segmenter = new Segmenter({ pieces, costs: parts.costs });
    this.#vectors = parts;
    this.#weights = Float64Array.from(parts.weights, halfToNumber);
    this.#mean = parts.mean;
  }

  /**
   * A unit vector; undefined where the text has no piece that is known: all such texts would get the
   * same vector, and who searches is served better by words alone.
   */
  encode(text: string): Float32Array<ArrayBuffer> | undefined {
    const pieces = this.#segmenter.segment(text);
    if (pieces.length === 0) return undefined;
    const total = pieces.reduce((sum, piece) => sum + this.#weights[piece]!, 0);
    const sum = Float64Array.from(this.#mean);
    for (const piece of pieces) {
      addInt4(this.#vectors, piece * sum.length, this.#weights[piece]! / total, sum);
    }
    const norm = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
    return norm > 0 ? Float32Array.from(sum, (value) => value / norm) : undefined;
  }
}
