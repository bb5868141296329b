/** Compares the weights that tools/test-models makes with a builder's own data file, byte by byte. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { readModel, type OnnxTensor } from '../../src/onnx/index.ts';
import { Initializers } from '../test-models/initializers.ts';
import { SeededWeights } from '../test-models/seeded.ts';

const VARIANTS = ['cpu-fp32', 'cpu-int4', 'cpu-int8', 'webgpu-fp16', 'webgpu-int4'];
const weights = new SeededWeights();

function differingBytes(folder: string): Map<string, number> {
  const { graph } = readModel(readFileSync(join(folder, 'model.onnx')));
  const data = readFileSync(join(folder, 'model.onnx.data'));
  const initializers = new Initializers(graph, weights);
  const differing = new Map<string, number>();
  for (const tensor of graph.initializers) {
    const count = countDiffering(initializers.bytesOf(tensor), storedOf(tensor, data));
    if (count > 0) differing.set(tensor.name, count);
  }
  return differing;
}

function storedOf(tensor: OnnxTensor, data: Uint8Array): Uint8Array {
  const { offset, length } = tensor.externalData!;
  return data.subarray(offset, offset + length!);
}

function countDiffering(made: Uint8Array, stored: Uint8Array): number {
  if (made.length !== stored.length) return Math.max(made.length, stored.length);
  return made.reduce((count, byte, at) => count + Number(byte !== stored[at]), 0);
}

for (const variant of VARIANTS) {
  console.log(variant, differingBytes(join(argv[2]!, variant)));
}
