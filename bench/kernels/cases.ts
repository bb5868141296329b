/** What is measured of the kernels: the shapes of Qwen3-Embedding-0.6B and of the starter. */

import type { Bits, Kernels } from '../../src/kernels/index.ts';

export interface KernelCase {
  name: string;
  /** Billions of these are counted. */
  unit: 'op' | 'flop' | 'value' | 'weight';
  /** How many of them one run does. */
  work: number;
  run(kernels: Kernels): void;
}

const MiB = 2 ** 20;
/** Pages of memory that the cases use. */
export const PAGES = 4096;

/** Areas of 16 MiB: what lies in them does not matter, as long as it is no denormal. */
const area = (index: number): number => (index + 1) * 16 * MiB;

const ATTENTION_ROWS = 512;
const HEAD = 128;

export const CASES: readonly KernelCase[] = [
  product('matmul, 4 bits, 1 x 1024', 4, 1, 1024, 1024),
  product('matmul, 4 bits, 16 x 1024', 4, 16, 1024, 512),
  product('matmul, 4 bits, 16 x 3072', 4, 16, 3072, 256),
  product('matmul, 4 bits, 128 x 1024', 4, 128, 1024, 128),
  product('matmul, 4 bits, 128 x 3072', 4, 128, 3072, 128),
  product('matmul, 4 bits, 128 x 1024, zero points', 4, 128, 1024, 128, true),
  product('matmul, 8 bits, 128 x 1024', 8, 128, 1024, 128),
  attention(`attention, causal, ${ATTENTION_ROWS} queries`, ATTENTION_ROWS, 0),
  attention('attention, causal, 16 queries', 16, 0),
  attention('attention, 64 queries over 2048 keys', 64, 1984),
  values('quantizeRows', 16 * 1024, (kernels) => {
    kernels.quantizeRows(area(0), 1024, 16, 1024, 32, area(1), area(2), area(3));
  }),
  values('rmsNorm', 16 * 1024, (kernels) => {
    kernels.rmsNorm(area(0), 1024, 16, 1024, area(1), 1e-6, area(2), 1024);
  }),
  values('layerNorm', 16 * 384, (kernels) => {
    kernels.layerNorm(area(0), 384, 16, 384, area(1), area(2), 1e-12, area(3), 384);
  }),
  values('headNormRope', 16 * 2048, (kernels) => {
    kernels.headNormRope(
      ...([area(0), 2048, 16, 16, HEAD, area(1), 1e-6, area(2), area(3), area(4)] as const),
    );
  }),
  values('swiglu', 16 * 3072, (kernels) => {
    kernels.swiglu(area(0), 6144, 16, 3072, area(1), 3072);
  }),
  values('gelu', 16 * 1536, (kernels) => {
    kernels.gelu(area(0), 1536, 16, 1536);
  }),
  weights('packPanels, 4 bits', (kernels) => {
    kernels.packPanels(4, area(0), 1024, 1024, 0, 128, area(1));
  }),
  weights('packScales of as many', (kernels) => {
    kernels.packScales(area(0), 0, 1024, 32, 0, 128, area(1));
  }),
  weights('packDense, float16 by inputs', (kernels) => {
    kernels.packDense(area(0), 1, 1, 1024, 1024, 1024, 0, 128, area(1), area(2));
  }),
  weights('packDense, float16 by outputs', (kernels) => {
    kernels.packDense(area(0), 1, 0, 1024, 1024, 1024, 0, 128, area(1), area(2));
  }),
];

function product(
  ...[name, bits, rows, k, n, zeros = false]: [
    name: string,
    bits: Bits,
    rows: number,
    k: number,
    n: number,
    zeros?: boolean,
  ]
): KernelCase {
  const zeroPoints = zeros ? area(6) : 0;
  return {
    name,
    unit: 'op',
    work: 2 * rows * k * n,
    run(kernels) {
      kernels.matmul(
        ...([bits, area(0), area(1), area(2), rows, k, 32, area(3), area(4), zeroPoints] as const),
        ...([0, n, area(5), n, 0, 0, n / 8, area(7)] as const),
      );
    },
  };
}

function attention(name: string, queries: number, before: number): KernelCase {
  const [stride, keys] = [1024, before + queries];
  return {
    name,
    unit: 'flop',
    work: 4 * HEAD * (queries * before + (queries * (queries + 1)) / 2),
    run(kernels) {
      kernels.attention(
        ...([area(0), 2 * stride, queries, before, 0, 0, 0, 0, area(1), area(2), stride] as const),
        ...([keys, HEAD, HEAD ** -0.5, 1, area(3), 2 * stride, area(4)] as const),
      );
    },
  };
}

function values(name: string, work: number, run: KernelCase['run']): KernelCase {
  return { name, unit: 'value', work, run };
}

function weights(name: string, run: KernelCase['run']): KernelCase {
  return { name, unit: 'weight', work: 1024 * 1024, run };
}
