/** The golden vectors that torch made of the same weights (tools/golden). */

import { readFileSync } from 'node:fs';

export type GoldenDtype = 'fp32' | 'fp16' | 'q8' | 'q4' | 'q4f16';

export interface GoldenRow {
  name: string;
  text: string;
  /** Present on queries: `text` goes into the prompt with this task. */
  task?: string;
  /** Tokens of the whole prompt, 151643 at the end. */
  ids: number[];
  /** Unit vectors of 64 values, from the weights as each dtype's file holds them. */
  vectors: Record<GoldenDtype, number[]>;
}

const FILE = new URL('../golden/qwen3-seeded.json', import.meta.url);

export function readGolden(): GoldenRow[] {
  const golden = JSON.parse(readFileSync(FILE, 'utf8')) as { rows: GoldenRow[] };
  return golden.rows;
}
