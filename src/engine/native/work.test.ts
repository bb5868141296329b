import { expect, it } from 'vitest';
import type { Kernels } from '../../kernels/index.ts';
import type { Pooling } from '../../contract/index.ts';
import { Crew, CREW_BYTES } from './crew.ts';
import type { PackedLinear, PackedModel, PackedNorm } from './packed.ts';
import { layOut, type PassJob, type Sequence } from './pass.ts';
import { programOf } from './thread.ts';
import { passWork } from './work.ts';

/** About those of Qwen3-Embedding-0.6B, so that tasks are as large as they get. */
const [HIDDEN, HEADS, HEAD_DIM, FFN] = [1024, 16, 64, 3072];
const KV_HEADS = HEADS / 2;
/** Operations of one task: some 10 ms on one core without relaxed SIMD. */
const MOST_OF_A_TASK = 1e8;

const NORM: PackedNorm = { weight: 0, bias: 0, eps: 1e-6 };
/** Steps are counted, nothing is computed. */
const NO_KERNELS = new Proxy({}, { get: () => () => undefined }) as Kernels;

function linear(outputs: number, inputs: number): PackedLinear {
  return { outputs, inputs, bits: 4, block: 32, weights: 0, scales: 0, zeros: 0, bias: 0 };
}

function qwen3(): PackedModel {
  const [q, kv] = [HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM];
  const layer = {
    ...{ inputNorm: NORM, qNorm: NORM, kNorm: NORM, postNorm: NORM },
    qkv: [linear(q + 2 * kv, HIDDEN)],
    out: linear(HIDDEN, q),
    gateUp: [linear(FFN, HIDDEN), linear(FFN, HIDDEN)],
    down: linear(HIDDEN, FFN),
  };
  return {
    ...{ family: 'qwen3', hidden: HIDDEN, heads: HEADS, headDim: HEAD_DIM, ffn: FFN },
    kvHeads: KV_HEADS,
    ...{ layers: [layer, layer, layer], finalNorm: NORM, rope: { cos: 0, sin: 0 } },
  };
}

function bert(): PackedModel {
  const layer = {
    ...{ attentionNorm: NORM, outputNorm: NORM },
    qkv: [linear(3 * HIDDEN, HIDDEN)],
    out: linear(HIDDEN, HIDDEN),
    up: linear(FFN, HIDDEN),
    down: linear(HIDDEN, FFN),
  };
  return {
    ...{ family: 'bert', hidden: HIDDEN, heads: HEADS, kvHeads: HEADS, headDim: HEAD_DIM },
    ...{ ffn: FFN, layers: [layer, layer], embeddingNorm: NORM },
  };
}

/** Texts of these lengths behind a beginning that they share, if any; `kept` ones are known. */
function jobOf(model: PackedModel, pooling: Pooling, lengths: number[], prefix = 0, kept = false) {
  const sequences: Sequence[] = [];
  let rows = prefix;
  for (const length of lengths) {
    sequences.push({ row: rows, length, sees: prefix > 0 });
    rows += length;
  }
  const { areas } = layOut(model, { rows, texts: lengths.length, threads: 1 }, 0);
  const first = kept ? prefix : 0;
  return { kind: 'pass', pooling, rows, first, prefix, sequences, areas } satisfies PassJob;
}

it.each([
  ['qwen3, last', qwen3(), 'last', [700, 200], 0, false],
  ['qwen3, cls', qwen3(), 'cls', [700, 200], 0, false],
  ['qwen3, mean', qwen3(), 'mean', [700, 200], 0, false],
  ['qwen3, one long text', qwen3(), 'last', [2048], 0, false],
  ['qwen3, short texts', qwen3(), 'last', [100, 7, 30], 0, false],
  ['qwen3, short texts, mean', qwen3(), 'mean', [100, 7, 30], 0, false],
  ['short texts behind a known beginning', qwen3(), 'last', [90, 20], 150, true],
  ['behind a beginning', qwen3(), 'last', [300, 20], 150, false],
  ['behind a known beginning', qwen3(), 'last', [300, 20], 150, true],
  ['bert, mean', bert(), 'mean', [300, 20], 0, false],
  ['bert, cls', bert(), 'cls', [300, 20], 0, false],
  ['bert, one long text', bert(), 'mean', [2048], 0, false],
] as const)('is what the tasks of a pass cost: %s', (_, model, pooling, lengths, prefix, kept) => {
  const crew = new Crew(0, 1, new ArrayBuffer(CREW_BYTES));
  const job = jobOf(model, pooling, [...lengths], prefix, kept);
  const steps = programOf({ crew, kernels: NO_KERNELS, model }, job);
  let done = 0;
  while (!steps.next().done) {
    expect(crew.done).toBeGreaterThanOrEqual(done);
    // An abort is heard between tasks.
    expect(crew.done - done).toBeLessThan(MOST_OF_A_TASK);
    done = crew.done;
  }
  expect(crew.done / passWork(model, job)).toBeCloseTo(1, 10);
});
