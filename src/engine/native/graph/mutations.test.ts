import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tinyBert } from '../../../../tools/tiny-models/bert.ts';
import { mutate, MUTATION_COUNT } from '../../../../tools/tiny-models/mutate.ts';
import { tinyQwen3 } from '../../../../tools/tiny-models/qwen3.ts';
import { runTiny } from '../../../../tools/tiny-models/run.ts';
import { NearfieldError } from '../../../contract/errors.ts';
import { isRecognised, recognise, type NativeModel } from './index.ts';
import { Reference } from './reference.ts';

const SOUND = [
  tinyQwen3(),
  tinyQwen3({ qkv: 'split', residual: 'add', gateUp: 'fused', weights: { kind: 'dense' } }),
  tinyQwen3({ attention: 'mha', weights: { kind: 'blocks', bits: 8, block: 16, zeros: true } }),
  tinyBert(),
  tinyBert({ attention: 'sdpa', norm: 'spelled', positions: 'counted', types: 'zeros' }),
  tinyBert({ attention: 'node', norm: 'skip', activation: 'bias-gelu', positions: 'slice' }),
];
const IDS = [0, 5, 9, 33, 150];

/** Undefined where the file is refused, by a reason or a coded error. */
function readOrRefused(file: Uint8Array): NativeModel | undefined {
  try {
    const found = recognise(file);
    return isRecognised(found) ? found : undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(NearfieldError);
    expect(error).toMatchObject({ code: 'bad-model' });
    // This one is a fault of this room's own.
    expect(error).not.toHaveProperty('message', 'The graph cannot be read.');
    return undefined;
  }
}

describe('a graph with a fault', () => {
  it('is refused, or read as ONNX Runtime reads it', async () => {
    const fault = fc.tuple(
      fc.constantFrom(...SOUND),
      fc.nat(MUTATION_COUNT - 1),
      fc.infiniteStream(fc.nat()),
    );
    await fc.assert(
      fc.asyncProperty(fault, async ([sound, which, numbers]) => {
        const file = mutate(sound, which, (from) => from[numbers.next().value % from.length]!);
        const model = readOrRefused(file);
        // What ONNX Runtime does not run at all has no right answer.
        const theirs = model && (await runTiny(file, IDS).catch(() => undefined));
        if (!model || !theirs) return;
        const read = (ref: { offset: number; length: number }) =>
          file.subarray(ref.offset, ref.offset + ref.length);
        const ours = new Reference(model, read).states(IDS).flatMap((row) => [...row]);
        const scale = 1 + theirs.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const wrong = ours.findIndex((x, i) => !(Math.abs(x - theirs[i]!) < 1e-3 * scale));
        expect(wrong).toBe(-1);
      }),
      { numRuns: 80, seed: 4 },
    );
  });

  it('is refused where its bytes are broken', () => {
    const bytes = tinyBert();
    const head = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(head, fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const file = cut ? bytes.slice(0, at) : bytes.with(at, byte);
        const model = readOrRefused(file);
        if (!model) return;
        expect(model.layers.length).toBeGreaterThan(0);
      }),
      { numRuns: 40, seed: 4 },
    );
  });
});
