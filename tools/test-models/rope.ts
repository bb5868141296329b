/** The rotary tables, computed in float32 step by step as torch does. */

import { CONFIG, type QwenConfig } from './seeded.ts';

export function rotaryTable(
  wave: (angle: number) => number,
  config: QwenConfig = CONFIG,
): Float32Array {
  const { head_dim: head, max_position_embeddings: positions, rope_theta: theta } = config;
  const half = head / 2;
  const table = new Float32Array(positions * half);
  for (let n = 0; n < half; n++) {
    const frequency = Math.fround(1 / Math.fround(theta ** Math.fround((2 * n) / head)));
    for (let position = 0; position < positions; position++) {
      table[position * half + n] = wave(Math.fround(position * frequency));
    }
  }
  return table;
}
