import { describe, expect, it } from 'vitest';
import type { Manifest } from './manifest.ts';
import { dtypesOf, recipeOf, type RepositoryFiles } from './repository.ts';

const NOTHING: RepositoryFiles = {
  config: undefined,
  tokenizerConfig: undefined,
  modules: undefined,
  pooling: undefined,
  sentenceTransformers: undefined,
  sentenceBert: undefined,
};

const modules = (...types: string[]) =>
  types.map((type, idx) => ({ idx, type: `sentence_transformers.models.${type}` }));

function recipe(files: Partial<RepositoryFiles>, manifest: Manifest = {}) {
  return recipeOf({ ...NOTHING, ...files }, manifest);
}

function refusal(what: string): Error {
  return expect.objectContaining({
    code: 'unsupported-model',
    message: expect.stringContaining(what) as string,
  }) as Error;
}

const bert = { model_type: 'bert', hidden_size: 384, max_position_embeddings: 512 };

describe('recipeOf', () => {
  it('reads all-MiniLM-L6-v2', () => {
    const { recipe: read, warnings } = recipe({
      config: bert,
      tokenizerConfig: { model_max_length: 512 },
      modules: modules('Transformer', 'Pooling', 'Normalize'),
      pooling: { word_embedding_dimension: 384, pooling_mode_mean_tokens: true },
      sentenceBert: { max_seq_length: 256, do_lower_case: false },
    });
    expect(read).toEqual({
      pooling: 'mean',
      dimensions: 384,
      maxTokens: 256,
      prompts: { query: '', document: '' },
    });
    expect(warnings).toEqual([]);
  });

  it('reads Qwen3-Embedding, and makes a template of its instruction', () => {
    const task = 'Given a web search query, retrieve relevant passages that answer the query';
    const { recipe: read } = recipe({
      config: {
        model_type: 'qwen3',
        hidden_size: 1024,
        max_position_embeddings: 32768,
        eos_token_id: 151643,
      },
      tokenizerConfig: { model_max_length: 131072 },
      modules: modules('Transformer', 'Pooling', 'Normalize'),
      pooling: { word_embedding_dimension: 1024, pooling_mode_lasttoken: true },
      sentenceTransformers: { prompts: { query: `Instruct: ${task}\nQuery:`, document: '' } },
    });
    expect(read).toMatchObject({
      pooling: 'last',
      dimensions: 1024,
      maxTokens: 32768,
      prompts: { query: 'Instruct: {task}\nQuery:', document: '' },
      defaultTask: task,
      endTokenId: 151643,
    });
  });

  it("keeps the space that e5-mistral's instruction ends with", () => {
    const { recipe: read } = recipe({
      config: bert,
      sentenceTransformers: { prompts: { query: 'Instruct: Find it\nQuery: ' } },
    });
    expect(read).toMatchObject({ prompts: { query: 'Instruct: {task}\nQuery: ' } });
  });

  it.each(['document', 'passage', 'corpus'])('takes the prompt of documents from "%s"', (name) => {
    const { recipe: read } = recipe({
      config: bert,
      sentenceTransformers: { prompts: { query: 'query: ', [name]: 'passage: ' } },
    });
    expect(read.prompts).toEqual({ query: 'query: ', document: 'passage: ' });
  });

  it.each([
    ['a flag', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: false }, 'cls'],
    ['sentence-transformers 6', { embedding_dimension: 384, pooling_mode: 'cls' }, 'cls'],
    ['the last token by name', { pooling_mode: 'lasttoken' }, 'last'],
    ['a list of one', { pooling_mode: ['mean'] }, 'mean'],
  ])('reads the pooling of %s', (_, pooling, expected) => {
    expect(recipe({ config: bert, pooling }).recipe.pooling).toBe(expected);
  });

  it.each([
    ['max', { pooling_mode_max_tokens: true }],
    ['mean_sqrt_len', { pooling_mode_mean_sqrt_len_tokens: true }],
    ['weightedmean', { pooling_mode: 'weightedmean' }],
    ['cls + mean', { pooling_mode: ['cls', 'mean'] }],
    ['+', { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true }],
    ['none', {}],
    ['none', null],
    ['object', { pooling_mode: {} }],
    ['object', { pooling_mode: [{ toString: 1 }] }],
  ])('refuses %s pooling', (what, pooling) => {
    expect(() => recipe({ config: bert, pooling })).toThrow(refusal(what));
  });

  it.each(['Dense', 'LayerNorm', 'WordEmbeddings', ''])('refuses a %j layer', (type) => {
    const files = { config: bert, modules: modules('Transformer', 'Pooling', type) };
    expect(() => recipe(files)).toThrow(refusal(`"${type}"`));
  });

  it.each([
    ['bert', 'mean'],
    ['qwen3', 'last'],
    ['mistral', 'last'],
    ['', 'mean'],
  ])('assumes a pooling for %j and says so', (model_type, pooling) => {
    const { recipe: read, warnings } = recipe({ config: { ...bert, model_type } });
    expect(read.pooling).toBe(pooling);
    expect(warnings).toEqual([expect.stringContaining(`${pooling} pooling is assumed`)]);
  });

  it.each([
    ['xlm-roberta', { max_position_embeddings: 514, pad_token_id: 1 }, 512],
    ['mpnet', { max_position_embeddings: 514, pad_token_id: 1 }, 512],
    ['roberta', { max_position_embeddings: 514 }, 512],
    ['bert', { max_position_embeddings: 512, pad_token_id: 0 }, 512],
  ])('counts the positions of %s', (model_type, config, limit) => {
    const read = recipe({ config: { ...bert, model_type, ...config } });
    expect(read.recipe.maxTokens).toBe(limit);
  });

  it('ignores limits that mean none', () => {
    const tokenizerConfig = { model_max_length: 1e30 };
    const sentenceBert = { max_seq_length: null };
    expect(recipe({ config: bert, tokenizerConfig, sentenceBert }).recipe.maxTokens).toBe(512);
    const config = { hidden_size: 8 };
    expect(recipe({ config, tokenizerConfig }).recipe.maxTokens).toBe(512);
  });

  it.each([
    [{ matryoshka_dimensions: [512, 256, 64] }, { min: 64 }],
    [{ matryoshka_dimensions: [1024] }, { min: 384 }],
    [{ matryoshka_dimensions: ['64', null, -2, 0] }, undefined],
    [{ is_matryoshka: true }, { min: 1 }],
    [{ is_matryoshka: 'yes' }, undefined],
  ])('reads the widths of %j', (config, matryoshka) => {
    expect(recipe({ config: { ...bert, ...config } }).recipe.matryoshka).toEqual(matryoshka);
  });

  it('is not led astray by numbers that no model has', () => {
    const matryoshka_dimensions = Array<number>(300_000).fill(64);
    const { recipe: read } = recipe({ config: { ...bert, matryoshka_dimensions } });
    expect(read.matryoshka).toEqual({ min: 64 });
    const least = recipe({ config: bert }, { matryoshka: { min: 400 } });
    expect(least.recipe.matryoshka).toEqual({ min: 384 });
    const badModel = expect.objectContaining({ code: 'bad-model' }) as Error;
    expect(() => recipe({ config: { ...bert, hidden_size: 2 ** 50 } })).toThrow(badModel);
    expect(() => recipe({ config: bert }, { dimensions: 65_537 })).toThrow(badModel);
  });

  it('lets nearfield.json have the last word', () => {
    const manifest: Manifest = {
      pooling: 'cls',
      prompts: { query: 'q: ', document: 'd: ' },
      dimensions: 32,
      maxTokens: 100,
      matryoshka: { min: 8 },
      defaultTask: 'find',
    };
    const files = { config: bert, pooling: { pooling_mode: 'max' } };
    expect(recipe(files, manifest)).toEqual({ recipe: manifest, warnings: [] });
  });

  it('needs a width', () => {
    const badModel = expect.objectContaining({ code: 'bad-model' }) as Error;
    expect(() => recipe({ config: {} })).toThrow(badModel);
    expect(() => recipe({ config: { hidden_size: '384' } })).toThrow(badModel);
    expect(() => recipe({ config: { hidden_size: 0 } })).toThrow(badModel);
  });

  it('reads nothing through a prototype', () => {
    const config: unknown = JSON.parse('{"__proto__": {"hidden_size": 7}}');
    expect(() => recipe({ config })).toThrow(
      expect.objectContaining({ code: 'bad-model' }) as Error,
    );
  });
});

describe('dtypesOf', () => {
  const of = (...paths: string[]) => dtypesOf(paths.map((path) => ({ path })));

  it("takes each graph by the hub's name, with its data files", () => {
    const found = of(
      'config.json',
      'onnx/model.onnx',
      'onnx/model.onnx_data',
      'onnx/model.onnx_data_1',
      'onnx/model_q4.onnx',
      'onnx/model_q4.onnx.data',
      'onnx/model_quantized.onnx',
      'onnx/model_int8.onnx',
      'onnx/decoder_model.onnx',
      'model.onnx',
    );
    expect(found).toEqual({
      fp32: {
        files: [
          { path: 'onnx/model.onnx' },
          { path: 'onnx/model.onnx_data' },
          { path: 'onnx/model.onnx_data_1' },
        ],
      },
      q8: { files: [{ path: 'onnx/model_quantized.onnx' }] },
      int8: { files: [{ path: 'onnx/model_int8.onnx' }] },
      q4: { files: [{ path: 'onnx/model_q4.onnx' }, { path: 'onnx/model_q4.onnx.data' }] },
    });
  });

  it('finds nothing without a graph', () => {
    expect(of('onnx/model.onnx_data', 'README.md')).toEqual({});
  });
});
