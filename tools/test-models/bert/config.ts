/** A BERT small enough to compute by hand: one body, two ways to pool it. */

export const BERT = {
  hidden: 32,
  heads: 4,
  layers: 2,
  inner: 64,
  positions: 512,
  types: 2,
  epsilon: 1e-12,
} as const;

/** Positions that sentence_bert_config.json allows: fewer than the graph has. */
export const MAX_TOKENS = 128;

export const BERT_NAMES = ['bert-seeded-cls', 'bert-seeded-mean'] as const;
export type BertName = (typeof BERT_NAMES)[number];

interface BertRecipe {
  pooling: 'cls' | 'mean';
  prompts?: { query: string; passage: string };
  /** Names in use: transformers' own export has the first, sentence-transformers' the second. */
  output: 'last_hidden_state' | 'token_embeddings';
}

export const RECIPES: Readonly<Record<BertName, BertRecipe>> = {
  'bert-seeded-cls': { pooling: 'cls', output: 'last_hidden_state' },
  'bert-seeded-mean': {
    pooling: 'mean',
    prompts: { query: 'query: ', passage: 'passage: ' },
    output: 'token_embeddings',
  },
};
