import { describe, expect, it } from 'vitest';
import { tinyBert, type TinyBert } from '../../../../tools/tiny-models/bert.ts';
import { tinyQwen3, type TinyQwen3 } from '../../../../tools/tiny-models/qwen3.ts';
import { runTiny } from '../../../../tools/tiny-models/run.ts';
import type { TableForm, WeightForm } from '../../../../tools/tiny-models/weights.ts';
import { readModel, writeModel, type OnnxGraph } from '../../../onnx/index.ts';
import { isRecognised, recognise } from './index.ts';
import { Reference } from './reference.ts';

const IDS = [0, 5, 9, 33, 77, 2, 150];

function statesOf(file: Uint8Array): Float64Array {
  const model = recognise(file);
  if (!isRecognised(model)) throw new Error(model.reason);
  const read = (ref: { offset: number; length: number }) =>
    file.subarray(ref.offset, ref.offset + ref.length);
  const rows = new Reference(model, read).states(IDS);
  return Float64Array.from(rows.flatMap((row) => [...row]));
}

/** ONNX Runtime calculates in float32. */
async function expectWhatOnnxRuntimeGives(file: Uint8Array): Promise<void> {
  const [ours, theirs] = [statesOf(file), await runTiny(file, IDS)];
  expect(ours.length).toBe(theirs.length);
  const worst = ours.reduce((most, x, i) => Math.max(most, Math.abs(x - theirs[i]!)), 0);
  expect(worst).toBeLessThan(2e-5);
}

const LINEARS: WeightForm[] = [
  ...([4, 8] as const).flatMap((bits) =>
    [16, 32, 64, 128].map((block): WeightForm => ({ kind: 'blocks', bits, block, zeros: true })),
  ),
  { kind: 'blocks', bits: 4, block: 64, zeros: false, flatScales: true },
  { kind: 'blocks', bits: 8, block: 32, zeros: false },
  { kind: 'dense' },
  { kind: 'dense', half: true },
  { kind: 'dense', half: true, turned: true },
];

const TABLES: TableForm[] = [
  { kind: 'dense', half: true },
  ...(['uint8', 'int4', 'uint4'] as const).flatMap((type) =>
    [false, true].map((zeros): TableForm => ({ kind: 'blocks', type, bits: 4, block: 32, zeros })),
  ),
  // One block a row: zero points that fill half a byte.
  { kind: 'blocks', type: 'uint8', bits: 4, block: 128, zeros: true },
  { kind: 'blocks', type: 'uint8', bits: 8, block: 16, zeros: false },
  { kind: 'blocks', type: 'uint8', bits: 8, block: 64, zeros: true },
];

const QWEN3: Partial<TinyQwen3>[] = [
  ...LINEARS.map((weights) => ({ weights })),
  ...TABLES.map((table) => ({ table })),
  { qkv: 'split', gateUp: 'fused' },
  { residual: 'add', activation: 'quick-gelu' },
  { attention: 'mha' },
  { attention: 'mha', qkv: 'split', residual: 'add' },
  { attention: 'mha-heads-apart' },
];

const BERT: Partial<TinyBert>[] = [
  {},
  { weights: { kind: 'blocks', bits: 4, block: 32, zeros: true }, shapes: 'constant' },
  { norm: 'skip', activation: 'bias-gelu', attention: 'node' },
  { norm: 'spelled', activation: 'node', attention: 'scaled-queries' },
  { attention: 'sdpa', activation: 'erf-half-first' },
  { positions: 'slice', types: 'none' },
  { positions: 'counted', types: 'zeros' },
  { types: 'constant', table: { kind: 'blocks', type: 'uint8', bits: 4, block: 32, zeros: false } },
];

describe('layouts', () => {
  it.each(QWEN3)('reads a Qwen3 with %o', async (options) => {
    await expectWhatOnnxRuntimeGives(tinyQwen3(options));
  });

  it.each(BERT)('reads a BERT with %o', async (options) => {
    await expectWhatOnnxRuntimeGives(tinyBert(options));
  });

  it('counts XLM-R positions from 2', () => {
    expect(recognise(tinyBert({ positions: 'counted' }))).toMatchObject({
      positionOffset: 2,
      positions: 38,
    });
  });

  // The CPU provider refuses these, so they are compared with a layout that it runs.
  it.each(['gqa-packed', 'gqa-norms-inside'] as const)('reads a Qwen3 with %s', (attention) => {
    expect(statesOf(tinyQwen3({ attention }))).toEqual(statesOf(tinyQwen3({ attention: 'gqa' })));
  });
});

function edited(file: Uint8Array, edit: (graph: OnnxGraph) => void): Uint8Array {
  const model = readModel(file);
  edit(model.graph);
  return writeModel(model);
}

function setting(op: string, name: string, value: number | { float: number }) {
  return (graph: OnnxGraph) => {
    for (const node of graph.nodes.filter(({ opType }) => opType === op)) {
      node.attributes = node.attributes.filter((attribute) => attribute.name !== name);
      node.attributes.push(
        typeof value === 'number'
          ? { name, rest: [], type: 'int', value: BigInt(value) }
          : { name, rest: [], type: 'float', value: value.float },
      );
    }
  };
}

describe('refused', () => {
  it.each([
    ['local_window_size', 4],
    ['softcap', { float: 30 }],
    ['scale', { float: 0.5 }],
    ['do_rotary', 0],
    ['rotary_interleaved', 1],
    ['smooth_softmax', 1],
    ['kv_num_heads', 4],
    ['num_heads', 4],
    ['made_up', 1],
  ] as const)('GroupQueryAttention with %s = %o', (name, value) => {
    const file = edited(tinyQwen3(), setting('GroupQueryAttention', name, value));
    expect(recognise(file)).toHaveProperty('reason');
  });

  it.each([
    ['MatMulNBits', 'bits', 2],
    ['MatMulNBits', 'block_size', 256],
    ['MatMulNBits', 'K', 64],
    ['MatMulNBits', 'N', 64],
    ['MatMulNBits', 'weight_prepacked', 1],
    ['SkipSimplifiedLayerNormalization', 'epsilon', { float: 0.5 }],
    ['SimplifiedLayerNormalization', 'axis', 1],
    ['Split', 'axis', 1],
  ] as const)('%s with %s = %o', (op, name, value) => {
    expect(recognise(edited(tinyQwen3(), setting(op, name, value)))).toHaveProperty('reason');
  });

  it('a mask of another kind', () => {
    const later = edited(tinyQwen3({ attention: 'mha' }), (graph) => {
      graph.nodes.find(({ opType }) => opType === 'Greater')!.opType = 'Less';
    });
    expect(recognise(later)).toEqual({
      reason: 'its attention bias is neither causal nor empty',
    });
  });

  it.each([
    [{ rotated: 16 }, 'it rotates only a part of each head'],
    [{ fed: 224 }, 'its feed-forward blocks are not as wide as their last layer'],
  ])('a graph with %o', (fault, reason) => {
    expect(recognise(tinyQwen3(fault))).toEqual({ reason });
  });

  it('an input that nothing makes', () => {
    const file = edited(tinyQwen3(), (graph) => {
      graph.nodes.find(({ opType }) => opType === 'Mul')!.inputs[0] = 'nothing';
    });
    expect((recognise(file) as { reason: string }).reason).toContain('"nothing"');
  });

  it('a sum of itself many times over, before long', () => {
    const file = edited(tinyBert(), (graph) => {
      const at = graph.nodes.findIndex(({ opType }) => opType === 'LayerNormalization');
      const norm = graph.nodes[at]!;
      for (let n = 0; n < 60; n++) {
        const sum = { ...graph.nodes.find(({ opType }) => opType === 'Add')!, name: `sum${n}` };
        graph.nodes.splice(at + n, 0, {
          ...sum,
          inputs: [norm.inputs[0]!, norm.inputs[0]!],
          outputs: [`sum${n}`],
        });
        norm.inputs[0] = `sum${n}`;
      }
    });
    expect(recognise(file)).toHaveProperty('reason');
  });

  it('an approximate GELU, and says so', () => {
    expect(recognise(tinyBert({ activation: 'tanh' }))).toEqual({
      reason: 'its feed-forward blocks have another activation than the exact GELU',
    });
  });

  it('operators that it does not know, and names the first', () => {
    const file = edited(tinyBert(), (graph) => {
      graph.nodes.find(({ opType }) => opType === 'LayerNormalization')!.opType =
        'GroupNormalization';
    });
    const found = recognise(file) as { reason: string };
    expect(found.reason).toContain('GroupNormalization');
  });
});
