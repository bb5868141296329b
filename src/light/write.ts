/** Writes a fitted encoder as bytes. */

import { numberToHalf } from '../contract/index.ts';
import type { Parameters } from './bag-encoder.ts';
import { toInt4 } from './int4.ts';
import { joinParts } from './layout.ts';
import type { LightModel } from './model.ts';
import { packStrings } from './strings.ts';
import type { Vocabulary } from './vocabulary.ts';

/** @param mean of the queries' vectors */
export function writeLight(
  model: LightModel,
  { pieces, costs }: Vocabulary,
  { vectors, logs }: Parameters,
  mean: Float32Array,
): Uint8Array<ArrayBuffer> {
  const named = new TextEncoder().encode(JSON.stringify(model));
  const strings = packStrings(pieces);
  const counts = {
    dimensions: model.dimensions,
    pieces: pieces.length,
    modelBytes: named.length,
    pieceBytes: strings.length,
  };
  return joinParts(counts, {
    model: named,
    mean,
    weights: Uint16Array.from(logs, (log) => weightBits(log)),
    ...toInt4(vectors),
    costs,
    strings,
  });
}

/** Never 0 nor infinite, which no weight may be. */
function weightBits(log: number): number {
  return Math.min(LARGEST, Math.max(1, numberToHalf(Math.exp(log))));
}

/** The largest finite float16. */
const LARGEST = 0x7bff;
