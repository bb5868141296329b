/** What the machine reads from memory, by one thread and by two at once. */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { assemble } from '../../tools/asc.ts';
import { ownRow, type OwnRow } from '../results.ts';
import type {} from './page.ts';

/** As much as the heads of 100,000 rows, as those of a million, as the int8 values of 100,000. */
const AREAS = [6.4e6, 64e6, 102.4e6];

/** The loop of bench/search/assembly as a module for a shared memory. */
async function compileReader(): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nearfield-read-'));
  try {
    const file = join(folder, 'read.wasm');
    const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'];
    const shared = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];
    await assemble('bench/search/assembly/index.ts', file, [...flags, ...shared]);
    return [...(await readFile(file))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** GB a second; of two threads, which read a half each, the sum. */
export async function readRates(page: Page): Promise<OwnRow[]> {
  const reader = await compileReader();
  const rows: OwnRow[] = [];
  for (const bytes of AREAS) {
    for (const threads of [1, 2]) {
      const rates = await page.evaluate(
        ([reader, bytes, threads]) => globalThis.readRates(reader, bytes, threads),
        [reader, bytes, threads] as const,
      );
      const name = `read-${bytes / 1e6}MB${threads === 2 ? '/2t' : ''}`;
      rows.push(ownRow({ case: name, metric: 'rate', unit: 'GB/s', ours: rates }));
    }
  }
  return rows;
}
