/** Files of anywhere, read into parts once they are what the index says. */

import {
  checkSeal,
  NearfieldError,
  SEAL,
  type SealedKind,
  type SealErrors,
} from '../../contract/index.ts';
import type { Head } from './head.ts';
import {
  CELL,
  cellParts,
  GROUP,
  groupParts,
  HEAD,
  headParts,
  type CellParts,
  type GroupParts,
  type HeadCounts,
} from './layout.ts';
import { codeBytes } from './codes.ts';

/** Rows of a whole index at most: numbers of rows are 32 bits. */
const MOST_ROWS = 2 ** 32 - 1;

/** Counts of a sound head. Throws `integrity` or `incompatible-index`. */
export function checkHead(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  checksum: number,
): HeadCounts {
  const counts = check(HEAD, name, bytes, checksum);
  const { damaged } = errorsOf(name);
  const parts = headParts(bytes, counts);
  const { cellRows } = parts;
  const floats = [
    parts.mean,
    parts.direction,
    parts.spread,
    parts.levels,
    parts.restSpread,
    parts.restLevels,
  ];
  const halves = [parts.meanWords, parts.meanLengths, parts.rowWords, parts.rowLengths];
  if (counts.groupRows < 1) throw damaged('its groups have no rows');
  if (cellRows.some((rows) => rows < 1) || sumOf(cellRows) !== counts.rows) {
    throw damaged('rows of its cells do not add up');
  }
  const areFinite = floats.every((part) => part.every(Number.isFinite));
  if (!areFinite || ![...halves, parts.basisScales].every(areFiniteHalves)) {
    throw damaged('a value is not finite');
  }
  return counts;
}

/** @param cell its number */
export function checkCell(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  cell: number,
  { parts: { cellRows, cellChecksums }, counts: { rowGroups, groupRows } }: Head,
): CellParts {
  const counts = check(CELL, name, bytes, cellChecksums[cell]!);
  const expected = {
    number: cell,
    rows: cellRows[cell]!,
    groups: Math.ceil(cellRows[cell]! / groupRows),
    bytes: codeBytes(rowGroups),
  };
  assertCounts(name, counts, expected);
  return cellParts(bytes, counts);
}

export function checkGroup(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  checksum: number,
  expected: { number: number; rows: number },
  { counts: { dimensions, rows: most } }: Head,
): GroupParts & { rest: number } {
  const counts = check(GROUP, name, bytes, checksum);
  const { rest } = counts;
  assertCounts(name, counts, { ...expected, dimensions, rest });
  const parts = groupParts(bytes, counts);
  if (parts.rows.some((row) => row >= most))
    throw errorsOf(name).damaged('a row is not in the index');
  return { ...parts, rest };
}

function check<Name extends string>(
  kind: SealedKind<Name>,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  checksum: number,
): Record<Name, number> {
  const errors = errorsOf(name);
  const counts = checkSeal(kind, bytes, errors);
  const own = new Uint32Array(bytes.buffer, bytes.byteOffset, kind.headerWords)[SEAL.checksum];
  if (own !== checksum) throw errors.damaged('it is sound, but another file');
  return counts;
}

function assertCounts<Name extends string>(
  name: string,
  counts: Record<Name, number>,
  expected: Record<Name, number>,
): void {
  for (const key of Object.keys(expected) as Name[]) {
    if (counts[key] === expected[key]) continue;
    throw errorsOf(name).damaged(`expected ${key} ${expected[key]}, got ${counts[key]}`);
  }
}

/** All bits of the exponent say that a float16 is none. */
function areFiniteHalves(halves: Uint16Array): boolean {
  return halves.every((bits) => (bits & 0x7c00) !== 0x7c00);
}

function sumOf(values: Uint32Array): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return sum > MOST_ROWS ? NaN : sum;
}

function errorsOf(name: string): SealErrors {
  return {
    damaged: (what) =>
      new NearfieldError(
        'integrity',
        `${name} of the site's index is damaged: ${what}. Publish the files of one build together.`,
      ),
    otherVersion,
  };
}

export function otherVersion(version: number): NearfieldError {
  return new NearfieldError(
    'incompatible-index',
    `The site's vectors have version ${version}; this Nearfield reads ${HEAD.version}. Build the index again.`,
  );
}
