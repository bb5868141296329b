/** The same weights as a GGUF file of Q4_0 for llama.cpp, which wllama runs. */

import type { FileHandle } from 'node:fs/promises';
import { toHalfBits } from '../test-models/half.ts';
import type { QwenConfig } from '../test-models/seeded.ts';
import { GgufHead, type GgufTensor } from './ggufHead.ts';
import { seededBlocks } from './tensors.ts';
import { BLOCK, normValues, type SeededBlocks } from './values.ts';

/** Of `tokenizer.json`, as far as llama.cpp wants it. */
export interface GgufTokens {
  /** In the order of their ids. */
  tokens: readonly string[];
  /** 1 normal, 3 control, 4 user-defined. */
  types: readonly number[];
  /** Two pieces with a space between. */
  merges: readonly string[];
  /** Appended to every text. */
  end: number;
}

const PIECE = 65_536;
/** Bytes of a Q4_0 block: a float16 scale and 16 bytes of codes. */
const BLOCK_BYTES = 18;
const MOSTLY_Q4_0 = 2;
const POOLING_LAST = 3;

export async function writeGgufFile(
  file: FileHandle,
  config: QwenConfig,
  tokens: GgufTokens,
): Promise<void> {
  const tensors = tensorsOf(config);
  const head = headOf(config, tokens);
  await file.write(head.toBytes(tensors));
  for (const tensor of tensors) {
    for (const piece of bytesOf(tensor, config)) await file.write(piece);
    await file.write(new Uint8Array(head.paddingAfter(tensor)));
  }
}

function headOf(config: QwenConfig, { tokens, types, merges, end }: GgufTokens): GgufHead {
  const head = new GgufHead();
  head.string('general.architecture', 'qwen3');
  head.string('general.name', 'Seeded Qwen3 for benchmarks');
  head.int('general.file_type', MOSTLY_Q4_0);
  head.int('general.quantization_version', 2);
  head.int('qwen3.block_count', config.num_hidden_layers);
  head.int('qwen3.context_length', config.max_position_embeddings);
  head.int('qwen3.embedding_length', config.hidden_size);
  head.int('qwen3.feed_forward_length', config.intermediate_size);
  head.int('qwen3.attention.head_count', config.num_attention_heads);
  head.int('qwen3.attention.head_count_kv', config.num_key_value_heads);
  head.int('qwen3.attention.key_length', config.head_dim);
  head.int('qwen3.attention.value_length', config.head_dim);
  head.float('qwen3.attention.layer_norm_rms_epsilon', config.rms_norm_eps);
  head.float('qwen3.rope.freq_base', config.rope_theta);
  head.int('qwen3.pooling_type', POOLING_LAST);
  head.string('tokenizer.ggml.model', 'gpt2');
  head.string('tokenizer.ggml.pre', 'qwen2');
  head.strings('tokenizer.ggml.tokens', tokens);
  head.ints('tokenizer.ggml.token_type', types);
  head.strings('tokenizer.ggml.merges', merges);
  head.int('tokenizer.ggml.eos_token_id', end);
  head.int('tokenizer.ggml.padding_token_id', end);
  head.flag('tokenizer.ggml.add_bos_token', false);
  head.flag('tokenizer.ggml.add_eos_token', true);
  return head;
}

interface SeededTensor extends GgufTensor {
  /** In the ONNX graph; the seed goes by it. */
  source: string;
}

function tensorsOf(config: QwenConfig): SeededTensor[] {
  const { hidden_size: hidden, intermediate_size: ffn, head_dim: head } = config;
  const query = config.num_attention_heads * head;
  const key = config.num_key_value_heads * head;
  const norm = (name: string, source: string, width: number): SeededTensor => ({
    name: `${name}.weight`,
    source: `${source}.weight`,
    dims: [width],
    type: 'F32',
    bytes: width * 4,
  });
  const matrix = (name: string, source: string, dims: [number, number]): SeededTensor => ({
    name: `${name}.weight`,
    source: `${source}.weight`,
    dims,
    type: 'Q4_0',
    bytes: (dims[0] * dims[1] * BLOCK_BYTES) / BLOCK,
  });
  const layers = Array.from({ length: config.num_hidden_layers }, (_, n) => {
    const [to, from] = [`blk.${n}`, `model.layers.${n}`];
    return [
      norm(`${to}.attn_norm`, `${from}.input_layernorm`, hidden),
      matrix(`${to}.attn_q`, `${from}.attn.q_proj.MatMul`, [hidden, query]),
      matrix(`${to}.attn_k`, `${from}.attn.k_proj.MatMul`, [hidden, key]),
      matrix(`${to}.attn_v`, `${from}.attn.v_proj.MatMul`, [hidden, key]),
      matrix(`${to}.attn_output`, `${from}.attn.o_proj.MatMul`, [query, hidden]),
      norm(`${to}.attn_q_norm`, `${from}.attn.q_norm.layernorm`, head),
      norm(`${to}.attn_k_norm`, `${from}.attn.k_norm.layernorm`, head),
      norm(`${to}.ffn_norm`, `${from}.post_attention_layernorm`, hidden),
      matrix(`${to}.ffn_gate`, `${from}.mlp.gate_proj.MatMul`, [hidden, ffn]),
      matrix(`${to}.ffn_up`, `${from}.mlp.up_proj.MatMul`, [hidden, ffn]),
      matrix(`${to}.ffn_down`, `${from}.mlp.down_proj.MatMul`, [ffn, hidden]),
    ];
  });
  const last = `model.layers.${config.num_hidden_layers}.final_norm_layernorm`;
  return [
    matrix('token_embd', 'model.embed_tokens', [hidden, config.vocab_size]),
    ...layers.flat(),
    norm('output_norm', last, hidden),
  ];
}

function* bytesOf(tensor: SeededTensor, config: QwenConfig): Generator<Uint8Array> {
  const { source, dims } = tensor;
  if (tensor.type === 'F32') {
    yield new Uint8Array(normValues(source, dims[0] ?? 0).buffer);
    return;
  }
  const blocks = seededBlocks(source, config);
  const count = tensor.bytes / BLOCK_BYTES;
  for (let first = 0; first < count; first += PIECE) {
    yield packed(blocks, first, Math.min(PIECE, count - first));
  }
}

/** ONNX pairs neighbours in a byte, Q4_0 pairs weight i with weight i + 16. */
function packed(blocks: SeededBlocks, first: number, count: number): Uint8Array {
  const codes = blocks.codes(first, count);
  const scales = blocks.scales(first, count);
  const bytes = new Uint8Array(count * BLOCK_BYTES);
  for (let block = 0; block < count; block++) {
    const to = block * BLOCK_BYTES;
    const half = toHalfBits(scales[block]!);
    bytes[to] = half & 255;
    bytes[to + 1] = half >> 8;
    for (let i = 0; i < 8; i++) {
      const low = codes[block * 16 + i]!;
      const high = codes[block * 16 + 8 + i]!;
      bytes[to + 2 + 2 * i] = (low & 15) | ((high & 15) << 4);
      bytes[to + 3 + 2 * i] = (low >> 4) | (high & 0xf0);
    }
  }
  return bytes;
}
