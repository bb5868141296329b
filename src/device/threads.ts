import { NearfieldError } from '../contract/index.ts';

const MOST_THREADS = 8;

export interface ThreadFacts {
  /** Logical cores. */
  cores: number;
  /** WASM threads share memory, which needs cross-origin isolation. */
  isolated: boolean;
}

/**
 * Threads for the WASM path. All of up to four cores; above that half of them, as logical cores
 * beyond the physical ones slow matrix products down.
 */
export function chooseThreads(machine: ThreadFacts, wanted?: number): number {
  if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 1 || wanted > 64)) {
    throw new NearfieldError('bad-input', `threads: expected 1 to 64, got ${String(wanted)}.`);
  }
  if (!machine.isolated) return 1;
  // Some browsers do not tell.
  const cores = Math.max(1, machine.cores || 1);
  return wanted ?? Math.min(MOST_THREADS, cores <= 4 ? cores : Math.max(4, Math.ceil(cores / 2)));
}
