/** The test models: which graph, in which layout, under which name. */

import { readFile } from 'node:fs/promises';
import { readModel, type OnnxModel } from '../../src/onnx/index.ts';
import { mhaModel } from './mhaGraph.ts';
import type { GraphFile } from './write.ts';

type Fixture = 'cpu-fp32' | 'cpu-int4' | 'cpu-int8' | 'webgpu-fp16' | 'webgpu-int4';

/** A graph as onnxruntime-genai's builder wrote it, without the weights. */
async function built(name: Fixture): Promise<OnnxModel> {
  const bytes = await readFile(new URL(`fixtures/${name}.onnx`, import.meta.url));
  return readModel(bytes);
}

async function hubFile(fixture: Fixture, suffix: string): Promise<GraphFile> {
  const path = `onnx/model${suffix}.onnx`;
  return { path, model: await built(fixture), dataFile: `model${suffix}.onnx_data` };
}

export const MODEL_NAMES = [
  'qwen3-seeded',
  'qwen3-seeded-genai',
  'qwen3-seeded-webgpu-only',
  'qwen3-seeded-mha',
] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export async function graphFilesOf(name: ModelName): Promise<GraphFile[]> {
  switch (name) {
    case 'qwen3-seeded':
      return [
        await hubFile('cpu-fp32', ''),
        await hubFile('cpu-int4', '_q4'),
        await hubFile('cpu-int8', '_quantized'),
      ];
    case 'qwen3-seeded-genai':
      // The builder's own name for the data; and a file that holds its weights itself.
      return [
        { path: 'onnx/model.onnx', model: await built('cpu-fp32'), dataFile: 'model.onnx.data' },
        { path: 'onnx/model_q4.onnx', model: await built('cpu-int4') },
      ];
    case 'qwen3-seeded-webgpu-only':
      return [await hubFile('webgpu-fp16', '_fp16'), await hubFile('webgpu-int4', '_q4f16')];
    case 'qwen3-seeded-mha':
      // As published: small tensors in the graph file, large ones in the data file.
      return [
        {
          path: 'onnx/model.onnx',
          model: mhaModel(),
          dataFile: 'model.onnx_data',
          inlineUpTo: 1024,
        },
      ];
  }
}
