/** The starter's vectors for benchmarks of what is done with them: our kernels in Node, two threads. */

import { CATALOGUE, type Prompts } from '../src/contract/index.ts';
import { openModel, type NodeModel } from '../src/node/index.ts';
import { keptVectors } from './recall/kept.ts';

const { dimensions, revision } = CATALOGUE['starter']!;
/** Texts that are kept at once: what was computed survives a stop. */
const SLICE = 2000;

export const WIDTH = dimensions;

/** Unit rows of `WIDTH`, in the order of the texts; kept in .cache until the model is another. */
export async function starterVectors(
  texts: readonly string[],
  kind: keyof Prompts,
): Promise<Float32Array> {
  const data = new Float32Array(texts.length * WIDTH);
  for (let at = 0; at < texts.length; at += SLICE) {
    const slice = texts.slice(at, at + SLICE);
    const embed = async (): Promise<Float32Array> => (await opened()).embed(slice, kind);
    data.set(await keptVectors(['our kernels', revision, kind, slice], embed), at * WIDTH);
  }
  return data;
}

let opening: Promise<NodeModel> | undefined;

function opened(): Promise<NodeModel> {
  return (opening ??= openModel('starter', { cacheDir: '.cache', simd: 'simd128', threads: 2 }));
}
