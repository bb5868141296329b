/** The starter on Nearfield's own kernels in Node, through the engine as the embed worker has it. */

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CATALOGUE, type Prompts, type Simd } from '../../src/contract/index.ts';
import { Engine } from '../../src/engine/engine.ts';
import { openTokens } from '../../src/engine/tokens.ts';
import { openNative, readModelFiles } from './open.ts';

const FOLDER = new URL('../../public/models/starter/', import.meta.url);

export interface NativeStarter {
  /** Unit rows in the order of the texts, which get the prompt of their kind. */
  embed(texts: readonly string[], kind: keyof Prompts): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function openNativeStarter(options: {
  simd: Simd;
  threads: number;
}): Promise<NativeStarter> {
  const { maxTokens, pooling, prompts } = CATALOGUE['starter']!;
  const [tokenizer, config, files] = await Promise.all([
    readBlob('tokenizer.json'),
    readBlob('tokenizer_config.json'),
    readModelFiles(fileURLToPath(new URL('onnx/model_q4.onnx', FOLDER))),
  ]);
  const tokens = await openTokens({ tokenizer, config }, { maxTokens });
  const runtime = await openNative(files, { ...options, pooling, maxTokens });
  const engine = new Engine(tokens, runtime, 'starter');
  return {
    embed: async (texts, kind) => {
      const { data } = await engine.embed({ texts, prefix: prompts[kind], truncate: false });
      return data;
    },
    close: () => runtime.close(),
  };
}

async function readBlob(path: string): Promise<Blob> {
  return new Blob([await readFile(new URL(path, FOLDER))]);
}
