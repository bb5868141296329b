/** Files of anywhere, read into parts once they are what the index says. */

import { BLOCK } from '../../light/int4.ts';
import { damaged, MOST_ROWS, type OpenedParts } from '../files/index.ts';
import { Head } from './head.ts';
import {
  GROUP,
  HEAD,
  HEAD_COUNTS,
  SECTOR,
  type GroupParts,
  type GroupShape,
  type HeadCounts,
  type HeadParts,
  type Layout,
  type SectorParts,
  type SectorShape,
} from './layout.ts';

import { LONG_LEVELS } from './long-codes.ts';

/**
 * What float32 of a head may be, either way: as much as a float16. All of it is about unit vectors, and
 * products of a few such numbers stay finite, where those of any float32 could be NaN.
 */
const LARGEST = 65504;

/** Throws `integrity`; so below. */
export function readHead(file: OpenedParts, name: string): Head {
  const bytes = bytesOf(file, name);
  const counts = countsOf(bytes, name);
  const parts = partsOf(HEAD, counts, bytes, name);
  checkSums(parts.sectorCells, counts.cells, 'cells of its sectors', name);
  checkSums(parts.cellRows, counts.rows, 'rows of its cells', name);
  checkNumbers(parts, name);
  return new Head(counts, parts);
}

export function readSector(file: OpenedParts, name: string, shape: SectorShape): SectorParts {
  return partsOf(SECTOR, shape, bytesOf(file, name), name);
}

/** @param most rows of the index */
export function readGroup(
  file: OpenedParts,
  name: string,
  shape: GroupShape,
  most: number,
): GroupParts {
  const parts = partsOf(GROUP, shape, bytesOf(file, name), name);
  if (parts.rows.some((row) => row >= most)) throw damaged(name, 'a row is not in the index');
  if (![parts.scales, parts.lengths].every(areFiniteHalves)) {
    throw damaged(name, 'a value is not finite');
  }
  return parts;
}

/** The part that there is, beginning at a multiple of 4 in its buffer. */
function bytesOf({ packed, plain }: OpenedParts, name: string): Uint8Array {
  if (packed.length > 0 && plain.length > 0) throw damaged(name, 'it is too long');
  const bytes = packed.length > 0 ? packed : plain;
  // Behind a deflated nothing, which another writer may have put there, it begins anywhere.
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

function countsOf({ buffer, byteOffset, length }: Uint8Array, name: string): HeadCounts {
  if (length < 4 * HEAD_COUNTS.length) throw damaged(name, 'it is cut off');
  const words = new Uint32Array(buffer, byteOffset, HEAD_COUNTS.length);
  const counts = Object.fromEntries(HEAD_COUNTS.map((key, i) => [key, words[i]])) as HeadCounts;
  const { rows, dimensions, groupRows, longLevels } = counts;
  if (rows > MOST_ROWS) throw damaged(name, 'it has too many rows');
  // Or parts would begin between values.
  if (dimensions < 1 || dimensions % BLOCK !== 0) {
    throw damaged(name, `expected a width that is a multiple of ${BLOCK}, got ${dimensions}`);
  }
  if (groupRows < 1) throw damaged(name, 'its groups have no rows');
  if (!LONG_LEVELS.includes(longLevels)) {
    throw damaged(name, `expected ${LONG_LEVELS.join(' or ')} levels, got ${longLevels}`);
  }
  return counts;
}

function partsOf<Shape, Parts>(
  layout: Layout<Shape, Parts>,
  shape: Shape,
  bytes: Uint8Array,
  name: string,
): Parts {
  const expected = layout.byteLength(shape);
  if (bytes.length !== expected) {
    throw damaged(name, `expected ${expected} bytes of vectors, got ${bytes.length}`);
  }
  return layout.parts(shape, bytes);
}

/** Each part has something of the whole, and all together all of it. */
function checkSums(parts: Uint32Array, whole: number, what: string, name: string): void {
  const sum = parts.reduce((total, part) => total + part, 0);
  if (parts.some((part) => part < 1) || sum !== whole) {
    throw damaged(name, `${what} do not add up`);
  }
}

function checkNumbers(parts: HeadParts, name: string): void {
  for (const [key, part] of Object.entries(parts)) {
    const isSound = !(part instanceof Float32Array) || part.every(isModest);
    if (!isSound) throw damaged(name, `${key}: a value is not between ${-LARGEST} and ${LARGEST}`);
  }
  if (parts.variances.some((variance) => variance < 0))
    throw damaged(name, 'a variance is below 0');
  const { basisScales, meanWords, meanLengths, meanSpreads, rowWords, rowLengths, rowSpreads } =
    parts;
  const halves = [basisScales, meanWords, meanLengths, meanSpreads];
  if (![...halves, rowWords, rowLengths, rowSpreads].every(areFiniteHalves)) {
    throw damaged(name, 'a value is not finite');
  }
}

function isModest(value: number): boolean {
  return Math.abs(value) <= LARGEST;
}

/** All bits of the exponent say that a float16 is none. */
function areFiniteHalves(halves: Uint16Array): boolean {
  return halves.every((bits) => (bits & 0x7c00) !== 0x7c00);
}
