/**
 * The seeded weights, by transformers' names. tools/golden/seeded.py is the same function in
 * Python, bit for bit; change both or neither.
 */

import config from '../golden/config.json' with { type: 'json' };

export const CONFIG = config;
/** Sizes of a Qwen3, in transformers' names. */
export type QwenConfig = typeof config;
export const QUERY_WIDTH = config.num_attention_heads * config.head_dim;
export const KEY_WIDTH = config.num_key_value_heads * config.head_dim;

const SEED = 'nearfield-1';

export class SeededWeights {
  readonly #made = new Map<string, Float32Array>();

  get(name: string): Float32Array {
    const known = this.#made.get(name);
    if (known) return known;
    const made = makeTensor(name);
    this.#made.set(name, made);
    return made;
  }
}

function makeTensor(name: string): Float32Array {
  const { count, centre, spread } = distributionOf(name);
  const values = seededValues(name, count);
  for (let i = 0; i < count; i++) values[i] = values[i]! * spread + centre;
  return values;
}

function distributionOf(name: string): { count: number; centre: number; spread: number } {
  const { hidden_size: hidden, intermediate_size: ffn, head_dim: head, vocab_size } = config;
  const part = name.split('.').at(-2) ?? '';
  switch (part) {
    case 'embed_tokens':
      return { count: vocab_size * hidden, centre: 0, spread: 1 };
    case 'q_proj':
    case 'o_proj':
      return { count: QUERY_WIDTH * hidden, centre: 0, spread: 0.25 };
    case 'k_proj':
    case 'v_proj':
      return { count: KEY_WIDTH * hidden, centre: 0, spread: 0.25 };
    case 'gate_proj':
    case 'up_proj':
      return { count: ffn * hidden, centre: 0, spread: 0.25 };
    case 'down_proj':
      return { count: ffn * hidden, centre: 0, spread: 0.125 };
    case 'q_norm':
    case 'k_norm':
      return { count: head, centre: 1.5, spread: 0.5 };
    default:
      return { count: hidden, centre: 1, spread: 0.5 };
  }
}

/**
 * Values in [-1.004, 1.004], exact in float32: a 4-bit code in eighths plus a little noise. Each run
 * of 32 begins with the code 8 or -8, so that 4-bit rounding in blocks of 32 loses the noise only,
 * and one self-test vector serves every dtype of a model folder.
 */
export function seededValues(name: string, count: number): Float32Array {
  const values = new Float32Array(count);
  const start = fnv1a(`${SEED}/${name}`);
  for (let i = 0; i < count; i++) {
    const x = mix(start + Math.imul(i, 0x9e3779b9));
    const extreme = x & 1 ? 8 : -8;
    const code = i % 32 === 0 ? extreme : ((x >>> 16) % 15) - 7;
    const noise = (x & 0xfff) - 2048;
    values[i] = (code * 65536 + noise) * 2 ** -19;
  }
  return values;
}

/** The hash called lowbias32. */
export function mix(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

export function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}
