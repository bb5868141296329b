/**
 * A BERT in the layout of sentence-transformers, and nothing of ours beside it: how it pools and
 * what goes before a text is said by its own files alone.
 */

import { writeModel } from '../../../src/onnx/index.ts';
import { writeFiles } from '../../write-files.ts';
import { BERT, MAX_TOKENS, RECIPES, type BertName } from './config.ts';
import { bertModel } from './graph.ts';
import { idOf, VOCABULARY } from './vocabulary.ts';

export async function writeBertFolder(folder: string, name: BertName): Promise<void> {
  const { output, pooling, prompts, activation } = RECIPES[name];
  const files: Record<string, unknown> = {
    'config.json': { ...CONFIG, hidden_act: activation },
    'tokenizer.json': TOKENIZER,
    'tokenizer_config.json': {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      model_max_length: BERT.positions,
    },
    'modules.json': MODULES,
    '1_Pooling/config.json': poolingConfig(pooling),
    'sentence_bert_config.json': { max_seq_length: MAX_TOKENS, do_lower_case: false },
    ...(prompts && { 'config_sentence_transformers.json': { prompts, default_prompt_name: null } }),
  };
  const written = Object.entries(files).map(([path, content]) => [
    path,
    `${JSON.stringify(content, null, 2)}\n`,
  ]);
  await writeFiles(folder, {
    ...(Object.fromEntries(written) as Record<string, string>),
    'onnx/model.onnx': writeModel(bertModel(output, activation)),
  });
}

const CONFIG = {
  architectures: ['BertModel'],
  model_type: 'bert',
  hidden_size: BERT.hidden,
  intermediate_size: BERT.inner,
  layer_norm_eps: BERT.epsilon,
  max_position_embeddings: BERT.positions,
  num_attention_heads: BERT.heads,
  num_hidden_layers: BERT.layers,
  pad_token_id: 0,
  type_vocab_size: BERT.types,
  vocab_size: VOCABULARY.length,
};

const MODULES = ['Transformer', 'Pooling', 'Normalize'].map((type, idx) => ({
  idx,
  name: String(idx),
  path: idx === 0 ? '' : `${idx}_${type}`,
  type: `sentence_transformers.models.${type}`,
}));

/** One as sentence-transformers writes it since version 6, the other as before. */
function poolingConfig(pooling: 'cls' | 'mean'): unknown {
  if (pooling === 'cls') return { embedding_dimension: BERT.hidden, pooling_mode: 'cls' };
  return {
    word_embedding_dimension: BERT.hidden,
    pooling_mode_cls_token: false,
    pooling_mode_mean_tokens: true,
    pooling_mode_max_tokens: false,
    pooling_mode_mean_sqrt_len_tokens: false,
  };
}

function special(content: string): unknown {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return { id: idOf(content), content, ...flags, special: true };
}

function template(content: string): unknown {
  return { id: content, ids: [idOf(content)], tokens: [content] };
}

const around = (part: string, type_id: number): unknown[] => [
  { Sequence: { id: part, type_id } },
  { SpecialToken: { id: '[SEP]', type_id } },
];
const start = { SpecialToken: { id: '[CLS]', type_id: 0 } };

const TOKENIZER = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(special),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [start, ...around('A', 0)],
    pair: [start, ...around('A', 0), ...around('B', 1)],
    special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((token, id) => [token, id])),
  },
};
