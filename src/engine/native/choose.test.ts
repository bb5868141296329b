import { describe, expect, it } from 'vitest';
import { tinyBert } from '../../../tools/tiny-models/bert.ts';
import { tinyQwen3 } from '../../../tools/tiny-models/qwen3.ts';
import { chooseRuntime } from './choose.ts';
import { whyUnfit } from './fits.ts';
import { isRecognised, recognise } from './graph/index.ts';
import type { Linear, Qwen3Model } from './graph/model.ts';

describe('chooseRuntime', () => {
  const unknown = tinyBert({ activation: 'tanh' });

  it('gives the model of a graph that is known', () => {
    for (const runtime of ['auto', 'native'] as const) {
      expect(chooseRuntime({ runtime }, tinyBert()).model).toMatchObject({ family: 'bert' });
    }
  });

  it('gives the reason where a graph is not known', () => {
    expect(chooseRuntime({ runtime: 'auto' }, unknown)).toEqual({
      reason: expect.stringMatching(
        /^Nearfield's own kernels cannot run this graph: its /,
      ) as string,
    });
  });

  it('throws it where the native runtime was asked for by name', () => {
    expect(() => chooseRuntime({ runtime: 'native' }, unknown)).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringMatching(/this graph: its .*\. Leave `runtime` out/) as string,
      }),
    );
  });
});

describe('whyUnfit', () => {
  const model = recognise(tinyQwen3({ qkv: 'split' })) as Qwen3Model;

  /** The model with some parts of its first layer replaced. */
  function withLayer(change: Partial<Qwen3Model['layers'][number]>): Qwen3Model {
    const [first, ...rest] = model.layers;
    return { ...model, layers: [{ ...first!, ...change }, ...rest] };
  }

  /** A linear whose weight is in blocks of another size. */
  function inBlocks(linear: Linear, block: number): Linear {
    if (linear.weight.kind !== 'blocks') throw new Error('a weight without blocks');
    return { ...linear, weight: { ...linear.weight, block } };
  }

  it('has nothing against models that the kernels can take', () => {
    expect(isRecognised(model)).toBe(true);
    expect(whyUnfit(model)).toBeUndefined();
    const [q, ...others] = model.layers[0]!.qkv;
    // Activations are in blocks of 32 for either.
    expect(whyUnfit(withLayer({ qkv: [inBlocks(q!, 128), ...others] }))).toBeUndefined();
  });

  it.each([
    [{ hidden: 12 }, '12 wide'],
    [{ headDim: 20 }, 'heads of 20'],
    [{ ffn: 250 }, '250 in between'],
  ])('wants sizes of whole panels: %o', (sizes, named) => {
    const why = whyUnfit({ ...model, ...sizes });
    expect(why).toContain(named);
    expect(why).toContain('not all multiples of 8');
  });

  it('wants as many heads for each key head', () => {
    expect(whyUnfit({ ...model, kvHeads: 3 })).toBe('its 8 heads do not share 3 key heads evenly');
  });

  it('wants linears of one input in blocks alike', () => {
    const [q, ...others] = model.layers[0]!.qkv;
    expect(whyUnfit(withLayer({ qkv: [inBlocks(q!, 16), ...others] }))).toContain('unlike size');
  });

  it('wants inputs of whole blocks', () => {
    const { down } = model.layers[0]!;
    const odd = { ...inBlocks(down, 64), inputs: 96 };
    expect(whyUnfit(withLayer({ down: odd }))).toBe(
      'it has a linear of 96 inputs, no multiple of 64',
    );
  });
});
