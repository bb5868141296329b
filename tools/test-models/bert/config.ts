/** A BERT small enough to compute by hand: two ways to pool it, two kinds of activation. */

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

export const BERT_NAMES = ['bert-seeded-cls', 'bert-seeded-mean', 'bert-seeded-relu'] as const;
export type BertName = (typeof BERT_NAMES)[number];

export type Activation = 'gelu' | 'relu';

interface BertRecipe {
  pooling: 'cls' | 'mean';
  prompts?: { query: string; passage: string };
  /** Names in use: transformers' own export has the first, sentence-transformers' the second. */
  output: 'last_hidden_state' | 'token_embeddings';
  /** ReLU is what Nearfield's own kernels do not know. */
  activation: Activation;
}

export const RECIPES: Readonly<Record<BertName, BertRecipe>> = {
  'bert-seeded-cls': { pooling: 'cls', output: 'last_hidden_state', activation: 'gelu' },
  'bert-seeded-mean': {
    pooling: 'mean',
    prompts: { query: 'query: ', passage: 'passage: ' },
    output: 'token_embeddings',
    activation: 'gelu',
  },
  'bert-seeded-relu': { pooling: 'cls', output: 'last_hidden_state', activation: 'relu' },
};
