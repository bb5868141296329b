import { describe, expect, it } from 'vitest';
import type { CosineTest, VectorTest } from '../contract/index.ts';
import { cosine, selfTest, type EmbedBatch } from './self-test.ts';

/** A model of its own kind: how often each letter occurs, as a unit vector. */
function vectorOf(text: string): Float32Array {
  const counts = new Float32Array(26);
  for (const letter of text.toLowerCase().match(/[a-z]/g) ?? []) {
    const at = letter.charCodeAt(0) - 97;
    counts[at] = counts[at]! + 1;
  }
  return counts.map((count) => count / Math.hypot(...counts));
}

const sound: EmbedBatch = async (texts) => texts.map(vectorOf);
/** The fault that padding without an honest mask has: short texts are drawn to the longest. */
const leaky: EmbedBatch = async (texts) => {
  const longest = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => vectorOf(text + 'z'.repeat(longest - text.length)));
};

const failed = { code: 'self-test-failed' };
const text = 'A text that is long enough for the kernels of long sequences to run.';
const known: VectorTest = { text, vector: [...vectorOf(text).slice(0, 8)], minCosine: 0.9999 };
const pair: CosineTest = {
  texts: ['the cat sat', 'a black cat'],
  cosines: [{ a: 0, b: 1, value: cosine(vectorOf('the cat sat'), vectorOf('a black cat')) }],
  tolerance: 0.01,
};

describe('selfTest', () => {
  it.each([
    ['its first values', known],
    ['cosines between texts', pair],
    ['nothing at all', undefined],
  ])('passes a sound model of which is known: %s', async (_, test) => {
    await expect(selfTest(sound, test, 'webgpu')).resolves.toBeUndefined();
  });

  it('fails another vector, and says how far off it is', async () => {
    const vector = known.vector.map((value, i) => value + (i === 0 ? 0.1 : 0));
    await expect(selfTest(sound, { ...known, vector }, 'wasm')).rejects.toMatchObject({
      ...failed,
      message: expect.stringMatching(/cosine 0\.\d+.*0\.9999/) as string,
    });
  });

  it('fails another cosine', async () => {
    const cosines = [{ a: 0, b: 1, value: 0.1 }];
    await expect(selfTest(sound, { ...pair, cosines }, 'wasm')).rejects.toMatchObject(failed);
  });

  it('fails a model whose vectors change with the padding, known answers or not', async () => {
    await expect(selfTest(leaky, undefined, 'wasm')).rejects.toMatchObject(failed);
    await expect(selfTest(leaky, known, 'webgpu')).rejects.toMatchObject(failed);
  });

  it('fails NaN', async () => {
    const broken: EmbedBatch = async (texts) => texts.map(() => new Float32Array(26).fill(NaN));
    await expect(selfTest(broken, undefined, 'wasm')).rejects.toMatchObject(failed);
    await expect(selfTest(broken, known, 'wasm')).rejects.toMatchObject(failed);
  });
});
