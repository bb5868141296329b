import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { NearfieldError, sealChecksum, sealedCounts } from '../contract/index.ts';
import { LightEncoder } from './encoder.ts';
import { fitLight, type FitOptions } from './fit.ts';
import { ENCODER, HEADER, partsOf, type Parts } from './layout.ts';
import type { LightModel } from './model.ts';
import { randomOf } from './random.ts';

const DIMENSIONS = 32;
const WORDS = 'bird sings tree stone river boat sail wind storm rain sun warm bread oven'.split(
  ' ',
);
const random = randomOf(11);
const gauss = (): number => random() + random() + random() - 1.5;
/** A model whose vector of a text is the mean of its words', which a light encoder can be. */
const MEANINGS = new Map(
  WORDS.map((word) => [word, Array.from({ length: DIMENSIONS }, () => gauss())]),
);
const CENTRE = Array.from({ length: DIMENSIONS }, () => gauss());

function meaningOf(text: string): Float32Array {
  const words = text.split(' ');
  const sum = CENTRE.map(
    (value, j) =>
      value + words.reduce((all, word) => all + MEANINGS.get(word)![j]!, 0) / words.length,
  );
  const norm = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / norm);
}

function knownTexts(count: number): { texts: string[]; vectors: Float32Array } {
  const texts = Array.from({ length: count }, () =>
    Array.from(
      { length: 3 + Math.floor(random() * 3) },
      () => WORDS[Math.floor(random() * WORDS.length)]!,
    ).join(' '),
  );
  return { texts, vectors: Float32Array.from(texts.flatMap((text) => [...meaningOf(text)])) };
}

const model: LightModel = {
  model: 'seeded',
  revision: '1',
  pooling: 'mean',
  dimensions: DIMENSIONS,
};
const letters = Array.from('abcdefghijklmnopqrstuvwxyz▁');
const pieces = [...letters, ...WORDS.map((word) => `▁${word}`)];
const options: FitOptions = {
  model,
  vocabulary: { pieces, costs: Uint8Array.from(pieces, ({ length }) => (length > 1 ? 40 : 80)) },
  passages: knownTexts(400),
  queries: knownTexts(60),
};

let bytes: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  bytes = await fitLight(options);
});

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function errorOf(data: Uint8Array<ArrayBuffer>): unknown {
  try {
    LightEncoder.from(data);
    return undefined;
  } catch (error) {
    return error;
  }
}

function codeOf(data: Uint8Array<ArrayBuffer>): string | undefined {
  const error = errorOf(data);
  if (error !== undefined && !(error instanceof NearfieldError)) throw error as Error;
  return error?.code;
}

/** The encoder with its parts changed and the checksum set right. */
function changed(change: (parts: Parts, header: Uint32Array) => void): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const header = new Uint32Array(copy.buffer, 0, HEADER.words);
  change(partsOf(copy, sealedCounts(ENCODER, copy)), header);
  header[HEADER.checksum] = sealChecksum(copy);
  return copy;
}

describe('fitLight', () => {
  it('comes near the model on texts that it has not seen', () => {
    const encoder = LightEncoder.from(bytes);
    expect(encoder.model).toEqual(model);
    for (const text of knownTexts(50).texts) {
      const vector = encoder.encode(text)!;
      expect(cosine(vector, vector)).toBeCloseTo(1, 5);
      expect(cosine(vector, meaningOf(text))).toBeGreaterThan(0.97);
    }
  });

  it('gives the same bytes for the same texts and seed, others for another', async () => {
    expect(await fitLight(options)).toEqual(bytes);
    expect(await fitLight({ ...options, seed: 2 })).not.toEqual(bytes);
  });

  it('does without queries and without the polish', async () => {
    const { model: of, vocabulary, passages } = options;
    const shares: number[] = [];
    const plain = await fitLight({
      model: of,
      vocabulary,
      passages,
      epochs: 0,
      onProgress: (share) => shares.push(share),
    });
    const vector = LightEncoder.from(plain).encode('bird sings')!;
    expect(cosine(vector, meaningOf('bird sings'))).toBeGreaterThan(0.9);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const fit = fitLight({
      ...options,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    ['no texts', { passages: { texts: [], vectors: new Float32Array() } }],
    ['vectors of another number', { queries: { texts: ['bird'], vectors: new Float32Array(31) } }],
    [
      'what is no number',
      { queries: { texts: ['bird'], vectors: new Float32Array(32).fill(NaN) } },
    ],
    ['a width that blocks do not fill', { model: { ...model, dimensions: 48 } }],
    ['half an epoch', { epochs: 0.5 }],
    ['no known piece', { vocabulary: { pieces: ['ж'], costs: Uint8Array.of(1) } }],
  ])('refuses %s', async (_, wrong) => {
    await expect(fitLight({ ...options, ...wrong })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('LightEncoder', () => {
  it('gives nothing where it knows nothing, and leaves out what it does not know', () => {
    const encoder = LightEncoder.from(bytes);
    expect(encoder.encode('')).toBeUndefined();
    expect(encoder.encode('日本語 жук')).toBeUndefined();
    expect(encoder.encode('日本語 bird')).toEqual(encoder.encode('Bird'));
  });

  it('takes bytes that begin anywhere in their buffer', () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const encoder = LightEncoder.from(shifted.subarray(3));
    expect(encoder.encode('bird')).toEqual(LightEncoder.from(bytes).encode('bird'));
  });

  it('refuses every truncation, and every bit that is another', () => {
    const length = fc.integer({ min: 0, max: bytes.length - 1 });
    fc.assert(fc.property(length, (end) => codeOf(bytes.slice(0, end)) === 'bad-model'));
    fc.assert(
      fc.property(length, fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const copy = bytes.slice();
        copy[at]! ^= 1 << bit;
        const isVersion = at >= 4 * HEADER.version && at < 4 * HEADER.version + 4;
        expect(codeOf(copy)).toBe(isVersion ? 'unsupported-model' : 'bad-model');
      }),
    );
  });

  it('takes no damage past the checksum: a code, or finite unit vectors', () => {
    const place = fc.integer({ min: 4 * HEADER.words, max: bytes.length - 1 });
    const damages = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1 });
    fc.assert(
      fc.property(damages, fc.string(), (list, text) => {
        const copy = bytes.slice();
        for (const [at, value] of list) copy[at] = value;
        const header = new Uint32Array(copy.buffer, 0, HEADER.words);
        header[HEADER.checksum] = sealChecksum(copy);
        if (codeOf(copy) !== undefined) return;
        const vector = LightEncoder.from(copy).encode(`bird ${text}`);
        if (vector) expect(cosine(vector, vector)).toBeCloseTo(1, 4);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, (parts: Parts, header: Uint32Array) => void]>([
    ['does not name its model', ({ model: named }) => named.fill(0x20)],
    ['does not name its model', ({ model: named }) => named.fill(0xff)],
    ['does not name its model', ({ model: named }) => named.set([0x78], named.indexOf(0x6d, 40))],
    ['mean is not finite', ({ mean }) => mean.fill(NaN, 3, 4)],
    ['scale is not finite', ({ scales }) => scales.fill(0x7c00, 5, 6)],
    ['weight is not positive', ({ weights }) => weights.fill(0, 1, 2)],
    ['weight is not positive', ({ weights }) => weights.fill(0x7e00, 1, 2)],
    ['piece costs nothing', ({ costs }) => costs.fill(0, 1, 2)],
    ['pieces are not rising', ({ strings }) => strings.fill(0xff, 2, 3)],
    ['pieces are not rising', ({ strings }) => strings.fill(9, 0, 1)],
    ['dimensions in blocks', (_, header) => header.fill(31, HEADER.counts, HEADER.counts + 1)],
    ['dimensions in blocks', (_, header) => header.fill(0, HEADER.counts, HEADER.counts + 1)],
    ['bytes, got', (_, header) => header.fill(2 ** 31, HEADER.counts + 1, HEADER.counts + 2)],
    ['does not begin as one', (_, header) => header.fill(1, HEADER.magic, HEADER.magic + 1)],
  ])('says what is wrong: %s', (message, change) => {
    expect(errorOf(changed(change))).toMatchObject({
      code: 'bad-model',
      message: expect.stringContaining(message) as string,
    });
  });
});
