/** The models that benchmarks run: real sizes, made-up weights. */

import { fileURLToPath } from 'node:url';
import { CONFIG, type QwenConfig } from '../test-models/seeded.ts';

/** Folder of the written models: ignored by git, served by `bench/pages`. */
export const BENCH_MODELS = fileURLToPath(new URL('../../.cache/bench-models', import.meta.url));

const HEAD_DIM = 128;

interface Sizes {
  layers: number;
  hidden: number;
  ffn: number;
  heads: number;
}

function shapeOf({ layers, hidden, ffn, heads }: Sizes): QwenConfig {
  return {
    ...CONFIG,
    num_hidden_layers: layers,
    max_window_layers: layers,
    hidden_size: hidden,
    intermediate_size: ffn,
    num_attention_heads: heads,
    num_key_value_heads: 8,
    head_dim: HEAD_DIM,
    max_position_embeddings: 32768,
  };
}

/** Names of folders, with what each is for. */
export const SHAPES = {
  /** Qwen3-Embedding-0.6B, whole: the published q4 and q4f16 files' layout and sizes, and a GGUF. */
  'qwen3-0.6b': shapeOf({ layers: 28, hidden: 1024, ffn: 3072, heads: 16 }),
  /** The same with two of its layers, for texts that all 28 would take some twenty minutes for. */
  'qwen3-0.6b-2-layers': shapeOf({ layers: 2, hidden: 1024, ffn: 3072, heads: 16 }),
  /** Layers as wide as the 4B model's (which has 36 of them). */
  'qwen3-4b-2-layers': shapeOf({ layers: 2, hidden: 2560, ffn: 9728, heads: 32 }),
  /** Layers as wide as the 8B model's (which has 36 of them). */
  'qwen3-8b-2-layers': shapeOf({ layers: 2, hidden: 4096, ffn: 12288, heads: 32 }),
} as const satisfies Record<string, QwenConfig>;

export type ShapeName = keyof typeof SHAPES;
