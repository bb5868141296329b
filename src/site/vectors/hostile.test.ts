import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StructuredVectors } from '../../../bench/search/vectors.ts';
import { SiteWriter, type FilePlace } from '../files/index.ts';
import { openFile, sealFile } from '../files/packed.ts';
import { MemorySite } from '../memory-site.ts';
import { SiteVectors } from './site-vectors.ts';
import { writeVectors } from './write.ts';

/** Vectors of a site whose files somebody made with the right checksums. */

const WIDTH = 32;
const ROWS = 40;
const ALL = { scan: Infinity, groups: Infinity, rest: Infinity };

const vectors = new StructuredVectors(WIDTH, ROWS, 10);
const writer = new SiteWriter();
await writeVectors(writer, vectors.rows(0, ROWS), WIDTH, { rowsPerCell: 10, groupRows: 4 });
const sound = new MemorySite(await writer.finish());

const HEAD: FilePlace = { kind: 'vectors', number: 0 };
const GROUP: FilePlace = { kind: 'group', number: 0 };

/** Word of the head, after counts, mean, direction, two spreads and two lists of levels. */
const VARIANCES = 6 + 4 * WIDTH + 2 * 16;

interface Parts {
  deflated?: Uint8Array;
  plain: Uint8Array;
}

function placeOf(name: string): FilePlace {
  const [, kind, number] = /\/(\w+)-(\d+)\.bin$/.exec(name)!;
  return { kind: kind as FilePlace['kind'], number: Number(number) };
}

function nameOf({ kind, number }: FilePlace): string {
  return `${sound.site}/${kind}-${number}.bin`;
}

/** A search of all files, one of which has other parts under its own seal. */
async function search(place: FilePlace, change: (plain: Uint8Array<ArrayBuffer>) => Parts) {
  const name = nameOf(place);
  const { packed, plain } = await openFile(sound.files.get(name)!, sound.site, place);
  const whole = packed.length > 0 ? packed : plain;
  const { deflated = new Uint8Array(), plain: changed } = change(whole.slice());
  const file = sealFile({ deflated, plain: changed }, sound.site, place);
  const shelf = sound.shelf(new Map([[name, file]]));
  const reader = await SiteVectors.open(shelf);
  const found = await reader.search(vectors.question(0), ROWS, ALL);
  const { length } = found.missing;
  expect(found.missing).toEqual(length > 0 ? [name] : []);
  return found;
}

/** Words of four bytes, by their positions. */
function withWords(words: Readonly<Record<number, number>>) {
  return (plain: Uint8Array<ArrayBuffer>): Parts => {
    const all = new Uint32Array(plain.buffer);
    for (const [at, word] of Object.entries(words)) all[Number(at) % all.length] = word;
    return { plain };
  };
}

it('any numbers are refused or lead to finite scores of rows that there are', async () => {
  const word = fc.oneof(
    fc.constantFrom(0, 1, 2 ** 32 - 1, 0x7f800000, 0x7fc00000, 0x7f7fffff, 0x7bff7bff, 0x7c007c00),
    fc.nat(2 ** 32 - 1),
  );
  const words = fc.dictionary(fc.nat(9999).map(String), word, { minKeys: 1, maxKeys: 6 });
  const heads = fc.constant(nameOf(HEAD));
  const name = fc.oneof(heads, fc.constantFrom(...sound.files.keys()));
  let [refused, leftOut] = [0, 0];
  await fc.assert(
    fc.asyncProperty(name, words, async (name, words) => {
      try {
        const found = await search(placeOf(name), withWords(words));
        leftOut += found.missing.length;
        for (const { rows, scores } of [found, found.scored]) {
          expect(rows.every((row) => row < ROWS)).toBe(true);
          expect(scores.every(Number.isFinite)).toBe(true);
        }
        expect([found.mean, found.deviation].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'integrity' });
        expect(name).toBe(nameOf(HEAD));
        refused++;
      }
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(refused, leftOut)).toBeGreaterThan(100);
});

it.each<[string, Record<number, number>, string]>([
  ['more rows than a page can hold', { 0: 2 ** 32 - 1 }, 'too many rows'],
  ['a width between blocks', { 1: 33 }, 'a multiple of 32, got 33'],
  ['no width', { 1: 0 }, 'a multiple of 32, got 0'],
  ['more cells than there are', { 2: 2 ** 32 - 1 }, 'bytes of vectors'],
  ['groups of no rows', { 5: 0 }, 'groups have no rows'],
  ['a mean of NaN', { 6: 0x7fc00000 }, 'not between'],
  ['a mean whose products overflow', { 6: 0x7f7fffff }, 'not between'],
  ['a variance below 0', { [VARIANCES]: 0xbf800000 }, 'below 0'],
])('%s are refused', async (_, words, what) => {
  await expect(search(HEAD, withWords(words))).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining(what) as string,
  });
});

it.each<[string, FilePlace, Record<number, number>]>([
  ['rows that are not there', GROUP, { 0: ROWS }],
  ['scales of NaN', GROUP, { 4: 0x7e007e00 }],
  ['lengths without end', GROUP, { 6: 0x7c007c00 }],
])('%s are left out', async (_, place, words) => {
  const { missing, rows } = await search(place, withWords(words));
  expect(missing).toEqual([nameOf(place)]);
  expect(rows).toHaveLength(ROWS - 4);
});

it('a plain part may begin anywhere, but has nothing deflated before it', async () => {
  // What deflate makes of nothing, and of one byte.
  const nothing = Uint8Array.of(3, 0);
  const zero = Uint8Array.of(0x63, 0, 0);
  for (const place of [HEAD, GROUP]) {
    const found = await search(place, (plain) => ({ deflated: nothing, plain }));
    expect(found).toEqual(await search(place, (plain) => ({ plain })));
    for (const parts of [
      (plain: Uint8Array): Parts => ({ deflated: zero, plain }),
      (plain: Uint8Array): Parts => ({ plain: plain.subarray(4) }),
    ]) {
      const found = search(place, parts);
      if (place === HEAD) await expect(found).rejects.toMatchObject({ code: 'integrity' });
      else expect((await found).missing).toEqual([nameOf(place)]);
    }
  }
});
