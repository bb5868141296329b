/** Whether vectors on disk are those that the model gives: a sample beside ONNX Runtime, which rounds nothing. */

import { cosine } from '../../src/engine/self-test.ts';
import { openStarter } from '../../tools/samples/starter.ts';
import { LISTS, textsOf } from './texts.ts';
import { readList, WIDTH } from './vectors.ts';

/** Rows of each list. */
const SAMPLE = 50;

/** Our kernels round activations to 8 bits: no nearer than this. */
const [LEAST, MEAN] = [0.9995, 0.9998];

/** Throws where a row of the sample is not near. */
export async function checkSample(): Promise<void> {
  const exact = await openStarter();
  for (const list of LISTS) {
    const { kind, senses, textOf } = textsOf(list);
    const step = Math.floor(senses.length / SAMPLE);
    const rows = Array.from({ length: SAMPLE }, (_, i) => i * step);
    const wanted = await exact.embed(
      rows.map((row) => textOf(senses[row]!)),
      kind,
    );
    const kept = readList(list);
    const cosines = rows.map((row, i) => cosine(rowOf(kept, row), rowOf(wanted, i)));
    const least = Math.min(...cosines);
    const mean = cosines.reduce((sum, value) => sum + value, 0) / SAMPLE;
    console.log(
      `${list}: cosine to ONNX Runtime ${least.toFixed(6)} least, ${mean.toFixed(6)} mean`,
    );
    if (least < LEAST || mean < MEAN) throw new Error(`${list}: its vectors are others`);
  }
}

function rowOf(data: Float32Array, row: number): Float32Array {
  return data.subarray(row * WIDTH, (row + 1) * WIDTH);
}
