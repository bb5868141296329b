/** The page's side: runs each case again and again, and keeps its best time. */

import { instantiateKernels, kernelUrl, type Simd } from '../../src/kernels/index.ts';
import { CASES, PAGES } from './cases.ts';

export interface KernelRate {
  name: string;
  unit: string;
  /** Billions a second, at best. */
  rate: number;
}

declare global {
  // `var` is how a global is declared.
  var measureKernels: (simd: Simd, ms: number) => Promise<KernelRate[]>;
  var measureCore: (module: number[], ms: number) => Promise<KernelRate[]>;
}

/** Work in a burst, in ms: well above the clock's 5 µs, well below a slice of the scheduler. */
const BURST = 0.5;

/** Best seconds of one run in bursts over `ms`. */
function best(run: () => void, ms: number): number {
  const until = performance.now() + ms;
  let least = Infinity;
  let runs = 1;
  while (performance.now() < until) {
    const start = performance.now();
    for (let i = 0; i < runs; i++) run();
    const took = performance.now() - start;
    if (took < BURST) runs *= 2;
    else least = Math.min(least, took / runs / 1000);
  }
  return least;
}

globalThis.measureKernels = async (simd, ms) => {
  const module = await WebAssembly.compileStreaming(fetch(kernelUrl(simd, false)));
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const kernels = instantiateKernels(module, memory);
  return CASES.map((each) => {
    const { name, unit, work } = each;
    // Ones: no denormals, whatever reads them; as int32 positions they are set to 0.
    new Float32Array(memory.buffer).fill(1);
    if (name === 'headNormRope') new Int32Array(memory.buffer, 80 * 2 ** 20, 64).fill(0);
    return { name, unit, rate: work / best(() => each.run(kernels), ms) / 1e9 };
  });
};

globalThis.measureCore = async (bytes, ms) => {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes), {});
  const { dots, fused } = instance.exports as Record<string, (turns: number) => number>;
  const turns = 10_000;
  const rate = (run: (turns: number) => number, operations: number): number =>
    (turns * operations) / best(() => void run(turns), ms) / 1e9;
  return [
    { name: 'int8 dot products alone', unit: 'op', rate: rate(dots!, 384) },
    { name: 'multiply-adds alone', unit: 'flop', rate: rate(fused!, 96) },
  ];
};
