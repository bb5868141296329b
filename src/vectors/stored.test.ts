import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { xxhash32 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../contract/index.ts';
import { loadSearchModule } from './load.ts';
import { MemoryOriginals } from './originals.ts';
import { VectorIndex } from './vector-index.ts';

const kernels = await loadSearchModule('simd128', false, (url) => readFile(url));

const DIMENSIONS = 5;
/** More than a segment, and more than a mean is learnt from. */
const ROWS = 1100;

const rows = Float32Array.from({ length: ROWS * DIMENSIONS }, (_, i) => Math.sin(i * i));
const originals = new MemoryOriginals(DIMENSIONS);
originals.add(rows);
const made = new VectorIndex(kernels, DIMENSIONS, { originals, seed: 7 });
made.add(rows);
for (let row = 3; row < ROWS; row += 5) made.remove(row);

function bytesOf(index: VectorIndex): Uint8Array<ArrayBuffer> {
  const blocks = [...index.blocks()];
  const bytes = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}

const bytes = bytesOf(made);
const FRAME_BYTES = 24 + 4 * DIMENSIONS;

/** The head with another word in place of one, its checksum right again. */
async function withWord(at: number, value: number): Promise<Uint8Array> {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(at, value, true);
  view.setUint32(40, 0, true);
  let hash = Number.parseInt(await xxhash32(changed.subarray(0, 48), 0), 16);
  const frames = new DataView(bytes.buffer).getUint32(36, true);
  for (let at = 48; at < 48 + frames * FRAME_BYTES; at += FRAME_BYTES) {
    hash = Number.parseInt(await xxhash32(changed.subarray(at, at + FRAME_BYTES), hash), 16);
  }
  view.setUint32(40, hash, true);
  return changed;
}

describe('an index as bytes', () => {
  it('comes back as it was, and goes on', async () => {
    const index = VectorIndex.from(kernels, bytes, originals);
    expect([index.dimensions, index.rows, index.live]).toEqual([DIMENSIONS, ROWS, made.live]);
    expect(bytesOf(index)).toEqual(bytes);
    for (const exact of [true, false]) {
      const query = rows.subarray(500, 505);
      expect(await index.search(query, 10, { exact })).toEqual(
        await made.search(query, 10, { exact }),
      );
    }
    const more = new MemoryOriginals(DIMENSIONS);
    more.add(rows);
    more.add(Float32Array.of(9, 9, 9, 9, 9));
    const longer = VectorIndex.from(kernels, bytes, more);
    expect(longer.add(Float32Array.of(9, 9, 9, 9, 9))).toBe(ROWS);
    const { rows: found } = await longer.search(Float32Array.of(1, 1, 1, 1, 1), 1);
    expect([...found]).toEqual([ROWS]);
  });

  it('comes back when it was empty', async () => {
    const empty = new VectorIndex(kernels, DIMENSIONS);
    const index = VectorIndex.from(kernels, bytesOf(empty), originals);
    expect([index.rows, index.live]).toEqual([0, 0]);
    expect((await index.search(rows.subarray(0, 5), 3)).rows).toHaveLength(0);
  });

  it.each<[string, number, number, string, RegExp]>([
    ['magic', 0, 1, 'integrity', /NFVX/],
    ['version', 4, 2, 'incompatible-index', /version is 2/],
    ['no dimensions', 8, 0, 'integrity', /dimensions are 0/],
    ['huge dimensions', 8, 2 ** 31, 'integrity', /dimensions are 2147483648/],
    ['other dimensions', 8, 6, 'integrity', /bytes, and should have/],
    ['metric', 12, 2, 'incompatible-index', /metric is 2/],
    ['quantiser', 16, 9, 'incompatible-index', /quantiser is 9/],
    ['rows', 24, ROWS + 1, 'integrity', /bytes, and should have/],
    ['a billion rows', 24, 2 ** 30, 'integrity', /bytes, and should have/],
    ['too many live rows', 28, ROWS + 1, 'integrity', /1101 of its 1100/],
    ['live rows', 28, 3, 'integrity', /marked as live, its head says 3/],
    ['rows of a segment', 32, 512, 'incompatible-index', /in a segment is 512/],
    ['no frames', 36, 0, 'integrity', /has 0 frames/],
    ['many frames', 36, 1000, 'integrity', /has 1000 frames/],
    ['the start of a frame', 48, 1, 'integrity', /frame 0 starts at row 1/],
    ['the radius of a frame', 56, 0x7fc00000, 'integrity', /frame 0 has no sound/],
    ['a mean', 72, 0x7f800000, 'integrity', /frame 0 has no sound/],
  ])('is refused for its %s', async (_, at, value, code, message) => {
    const changed = await withWord(at, value);
    expect(() => VectorIndex.from(kernels, changed, originals)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    );
  });

  it('takes another seed only with its checksum, and then other bits', async () => {
    const changed = await withWord(20, 8);
    expect(bytesOf(VectorIndex.from(kernels, changed, originals))).toEqual(changed);
  });
});

describe('damaged bytes', () => {
  const refused = (damaged: Uint8Array): void => {
    try {
      VectorIndex.from(kernels, damaged, originals);
    } catch (error) {
      if (!(error instanceof NearfieldError)) throw error;
      expect(['integrity', 'incompatible-index']).toContain(error.code);
      return;
    }
    expect.fail('The damage was not seen.');
  };

  it('are refused with any bit turned', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = bytes.slice();
        damaged[at]! ^= 1 << bit;
        refused(damaged);
      }),
      { numRuns: 300 },
    );
    for (let at = 0; at < 48 + 2 * FRAME_BYTES; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 255;
      refused(damaged);
    }
  });

  it('are refused when they are cut or longer', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        refused(bytes.subarray(0, length));
      }),
    );
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    refused(longer);
  });

  it('are refused when they are anything', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refused));
  });

  it('are refused where their checksum is right and what they say is not', async () => {
    // The last segment: 76 rows of width 128, and what lies behind them.
    const count = ROWS - 1024;
    const parts = [16 * count, 128 * count, 16 * count, 128];
    const start = bytes.length - 4 - parts.reduce((sum, part) => sum + part, 0);
    const withByte = async (part: number, at: number, value: number): Promise<Uint8Array> => {
      const changed = bytes.slice();
      const from = start + parts.slice(0, part).reduce((sum, size) => sum + size, 0);
      changed[from + at] = value;
      let hash = 0;
      let place = start;
      for (const size of parts) {
        const text = await xxhash32(changed.subarray(place, place + size), hash);
        hash = Number.parseInt(text, 16);
        place += size;
      }
      new DataView(changed.buffer).setUint32(place, hash, true);
      return changed;
    };
    const message = async (changed: Promise<Uint8Array>): Promise<string> => {
      try {
        VectorIndex.from(kernels, await changed, originals);
        return 'taken';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await message(withByte(1, 5, 99))).toBe('taken');
    expect(await message(withByte(2, 3, 0xff))).toMatch(/row 1024 has no sound numbers/);
    expect(await message(withByte(3, 100, 1))).toMatch(/past its last/);
    expect(await message(withByte(3, 0, 0))).toMatch(/marked as live/);
  });
});
