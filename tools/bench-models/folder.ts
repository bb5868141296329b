/** One full-size model folder in the hub's layout. */

import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TextTokenizer } from '../../src/engine/tokenizer.ts';
import { mhaModel } from '../test-models/mhaGraph.ts';
import type { MhaStorage } from '../test-models/mhaWeights.ts';
import { embedBatch, openSession } from '../test-models/run.ts';
import type { QwenConfig } from '../test-models/seeded.ts';
import { writeGgufFile } from './gguf.ts';
import { writeOnnxFile } from './onnxFile.ts';
import { tensorBytes } from './tensors.ts';
import { ggufTokens, readTokenizer, type QwenTokenizer } from './tokens.ts';

/** Files of a folder's `onnx/`, by their dtype, and whether llama.cpp's is wanted. */
export interface FolderContent {
  onnx: Readonly<Record<string, MhaStorage>>;
  gguf: boolean;
}

const PROBE = 'How do I reset my password?';

export async function writeBenchFolder(
  folder: string,
  config: QwenConfig,
  { onnx, gguf }: FolderContent,
): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const files = await readTokenizer();
  const { tokenizer } = files;
  await writeFile(join(folder, 'config.json'), pretty(config));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(folder, 'tokenizer_config.json'), pretty(files.config));
  for (const [dtype, storage] of Object.entries(onnx)) {
    await writing(graphOf(folder, dtype), (file) =>
      writeOnnxFile(file, mhaModel(config, storage), (tensor) => tensorBytes(tensor, config)),
    );
  }
  if (gguf) {
    const tokens = ggufTokens(tokenizer);
    await writing(join(folder, 'model-q4_0.gguf'), (file) => writeGgufFile(file, config, tokens));
  }
  const graph = graphOf(folder, Object.keys(onnx)[0] ?? '');
  const vector = await vectorOf(graph, tokenizer, config);
  await writeFile(join(folder, 'nearfield.json'), pretty(manifest(config, vector)));
}

function graphOf(folder: string, dtype: string): string {
  return join(folder, `onnx/model_${dtype}.onnx`);
}

async function writing(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, 'w');
  try {
    await write(file);
  } finally {
    await file.close();
  }
}

/** What onnxruntime-node makes of the file: shows that it runs, and is the folder's self-test. */
async function vectorOf(
  graph: string,
  tokenizer: QwenTokenizer,
  config: QwenConfig,
): Promise<number[]> {
  const { ids } = new TextTokenizer(tokenizer, {}, { maxTokens: 128 }).encode(PROBE);
  const session = await openSession(graph);
  const [vector] = await embedBatch(session, [ids], config);
  await session.release();
  if (!vector?.every(Number.isFinite)) throw new Error(`${graph} gives no finite vector`);
  return Array.from(vector, (value) => Number(value.toPrecision(8)));
}

function manifest(config: QwenConfig, vector: readonly number[]): unknown {
  return {
    pooling: 'last',
    prompts: { query: 'Instruct: {task}\nQuery:', document: '' },
    defaultTask: 'Given a web search query, retrieve relevant passages that answer the query',
    dimensions: config.hidden_size,
    matryoshka: { min: 32 },
    maxTokens: config.max_position_embeddings,
    selfTest: { text: PROBE, vector, minCosine: 0.99 },
  };
}

function pretty(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
