/**
 * The kernels once more in plain TypeScript: what the modules are tested against, and what to read
 * to learn what they do. Sums are in float64, results in float32.
 */

import type { Kernels } from '../types.ts';
import { attentionTwin } from './attention.ts';
import { matmulTwins } from './matmul.ts';
import { packTwins } from './pack.ts';
import { rowTwins } from './rows.ts';

/** The twins on a memory, which may grow between calls. */
export function createTwins(memory: WebAssembly.Memory): Kernels {
  return {
    ...matmulTwins(memory),
    ...rowTwins(memory),
    ...attentionTwin(memory),
    ...packTwins(memory),
  };
}
