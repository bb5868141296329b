import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StructuredVectors } from '../../../bench/search/vectors.ts';
import { SiteWriter, type FilePlace } from '../files/index.ts';
import { openFile, sealFile } from '../files/packed.ts';
import { MemorySite } from '../memory-site.ts';
import { boundsOf } from './bisect.ts';
import {
  GROUP as GROUP_LAYOUT,
  HEAD as HEAD_LAYOUT,
  HEAD_COUNTS,
  type HeadCounts,
} from './layout.ts';
import { SiteVectors } from './site-vectors.ts';
import { writeVectors } from './write.ts';

/** Vectors of a site whose files somebody made with the right checksums. */

const WIDTH = 32;
const ROWS = 40;
const ALL = { scan: Infinity, groups: Infinity, rest: Infinity };

const vectors = new StructuredVectors(WIDTH, ROWS, 10);
const writer = new SiteWriter();
await writeVectors(writer, vectors.rows(0, ROWS), WIDTH, {
  rowsPerSector: 20,
  rowsPerCell: 10,
  groupRows: 4,
  longLevels: 4,
});
const sound = new MemorySite(await writer.finish());

const HEAD: FilePlace = { kind: 'vectors', number: 0 };
const GROUP: FilePlace = { kind: 'group', number: 0 };

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
  const { deflated = new Uint8Array(), plain: changed } = change(await contentOf(place));
  const file = sealFile({ deflated, plain: changed }, sound.site, place);
  const shelf = sound.shelf(new Map([[name, file]]));
  const reader = await SiteVectors.open(shelf);
  const found = await reader.search(vectors.question(0), ROWS, ALL);
  // A head may say of all other files that they are others.
  if (place !== HEAD) expect(found.missing).toEqual(found.missing.length > 0 ? [name] : []);
  return found;
}

/** Of a sound file, deflated or not. */
async function contentOf(place: FilePlace): Promise<Uint8Array<ArrayBuffer>> {
  const { packed, plain } = await openFile(sound.files.get(nameOf(place))!, sound.site, place);
  return (packed.length > 0 ? packed : plain).slice();
}

const head = await contentOf(HEAD);
const counts = Object.fromEntries(
  HEAD_COUNTS.map((key, i) => [key, new Uint32Array(head.buffer)[i]!]),
) as HeadCounts;
const headParts = HEAD_LAYOUT.parts(counts, head);
const group = await contentOf(GROUP);
const groupRows = boundsOf(headParts.cellRows[0]!, counts.groupRows)[1]!;
const groupParts = GROUP_LAYOUT.parts({ ...counts, rows: groupRows, levels: 4 }, group);

/** In words of four bytes. */
function placeIn({ byteOffset }: { byteOffset: number }): number {
  return byteOffset / 4;
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
  const others = [...sound.files.keys()].map(placeOf).filter(({ kind }) => kind !== HEAD.kind);
  const place = fc.oneof(fc.constant(HEAD), fc.constantFrom(...others));
  let [refused, leftOut] = [0, 0];
  await fc.assert(
    fc.asyncProperty(place, words, async (place, words) => {
      try {
        const found = await search(place, withWords(words));
        if (place !== HEAD) leftOut += found.missing.length;
        for (const { rows, scores } of [found, found.scored]) {
          expect(rows.every((row) => row < ROWS)).toBe(true);
          expect(scores.every(Number.isFinite)).toBe(true);
        }
        expect([found.mean, found.deviation].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'integrity' });
        expect(place).toBe(HEAD);
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
  ['more sectors than there are', { 2: 2 ** 32 - 1 }, 'bytes of vectors'],
  ['more cells than there are', { 3: 2 ** 32 - 1 }, 'bytes of vectors'],
  ['groups of no rows', { 6: 0 }, 'groups have no rows'],
  ['codes of three bits', { 7: 8 }, '4 or 16 levels, got 8'],
  ['a mean of NaN', { 8: 0x7fc00000 }, 'not between'],
  ['a mean whose products overflow', { 8: 0x7f7fffff }, 'not between'],
  ['a variance below 0', { [placeIn(headParts.variances)]: 0xbf800000 }, 'below 0'],
  ['a sector of no cells', { [placeIn(headParts.sectorCells)]: 0 }, 'do not add up'],
  ['a cell of too many rows', { [placeIn(headParts.cellRows)]: ROWS }, 'do not add up'],
  ['lengths without end', { [placeIn(headParts.meanSpreads)]: 0x7c007c00 }, 'not finite'],
])('%s are refused', async (_, words, what) => {
  await expect(search(HEAD, withWords(words))).rejects.toMatchObject({
    code: 'integrity',
    message: expect.stringContaining(what) as string,
  });
});

it.each<[string, FilePlace, Record<number, number>]>([
  ['rows that are not there', GROUP, { 0: ROWS }],
  ['scales of NaN', GROUP, { [placeIn(groupParts.scales)]: 0x7e007e00 }],
  ['lengths without end', GROUP, { [placeIn(groupParts.lengths)]: 0x7c007c00 }],
])('%s are left out', async (_, place, words) => {
  const { missing, rows } = await search(place, withWords(words));
  expect(missing).toEqual([nameOf(place)]);
  expect(rows).toHaveLength(ROWS - groupRows);
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
