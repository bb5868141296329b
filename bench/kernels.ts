/**
 * Billions of operations a second of each kernel on one thread, beside what the core can do with the
 * same instructions and nothing else. `npm run bench:kernels -- [milliseconds per kernel]`
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../tools/asc.ts';
import { nameOf, openStage } from './browser.ts';
import type { KernelRate } from './kernels/page.ts';

const ms = Number(process.argv[2] ?? '700');

/** The loops of bench/kernels/assembly as a module. */
async function compileCore(): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nearfield-core-'));
  try {
    const file = join(folder, 'core.wasm');
    const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'relaxed-simd'];
    await assemble('bench/kernels/assembly/index.ts', file, flags);
    return [...(await readFile(file))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

const core = await compileCore();
const stage = await openStage('bench/kernels/vite.config.ts');
try {
  const page = await stage.freshPage();
  await page.goto(stage.url);
  await page.waitForFunction(() => globalThis.measureCore !== undefined);
  const peaks = await page.evaluate(({ core, ms }) => globalThis.measureCore(core, ms), {
    core,
    ms,
  });
  const rates: Record<string, KernelRate[]> = {};
  for (const simd of ['relaxed', 'simd128'] as const) {
    rates[simd] = await page.evaluate(({ simd, ms }) => globalThis.measureKernels(simd, ms), {
      simd,
      ms,
    });
  }
  console.log(`${nameOf(stage.browser)}, one thread, best of ${ms} ms, billions a second`);
  console.table(peaks.map(({ name, unit, rate }) => ({ name, unit, rate: rate.toFixed(1) })));
  console.table(
    rates['relaxed']!.map(({ name, unit, rate }, i) => ({
      kernel: name,
      unit,
      relaxed: rate.toFixed(2),
      simd128: rates['simd128']![i]!.rate.toFixed(2),
    })),
  );
} finally {
  await stage.close();
}
