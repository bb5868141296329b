/**
 * Where things lie in the three kinds of files. All numbers are little-endian; parts begin at multiples
 * of 4 behind the header.
 *
 * - a head: what all queries need
 * - a cell: short codes of its rows, and the checksums of its groups
 * - a group of a cell: long codes of its rows, and their numbers
 * - what the long codes of a group leave: longer ones, laid out as a group
 */

import { SEAL, type SealedKind } from '../../contract/index.ts';
import { BLOCK } from '../../light/int4.ts';
import { codeBytes, coordinatesOf, WORDS } from './codes.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const HEAD_COUNTS = [
  'rows',
  'dimensions',
  'cells',
  'meanGroups',
  'rowGroups',
  'groupRows',
] as const;
/** Groups are those of codes.ts; `groupRows` are those of a group's file at most. */
export type HeadCounts = Record<(typeof HEAD_COUNTS)[number], number>;

const CELL_COUNTS = ['number', 'rows', 'groups', 'bytes'] as const;
/** `bytes`: of a row. */
export type CellCounts = Record<(typeof CELL_COUNTS)[number], number>;

const GROUP_COUNTS = ['number', 'rows', 'dimensions', 'rest'] as const;
/** `rest`: checksum of the file that says more of the same rows; 0 in that one. */
export type GroupCounts = Record<(typeof GROUP_COUNTS)[number], number>;

/** float16 are by their bits. */
export interface HeadParts {
  /** float32, dimensions. */
  mean: Float32Array;
  /** float32, dimensions: what queries have in common, of length 1. */
  direction: Float32Array;
  /** float32, dimensions: how much rounding to short codes leaves. */
  spread: Float32Array;
  /** float32, 16: what long codes stand for, times spread and a row's scale. */
  levels: Float32Array;
  /** As those two, of what long codes leave. */
  restSpread: Float32Array;
  restLevels: Float32Array;
  /** Rows of each cell. */
  cellRows: Uint32Array;
  cellChecksums: Uint32Array;
  /** float16: principal directions in 4 bits, one after the other; of each block. */
  basisScales: Uint16Array;
  /** float16, see codes.ts. */
  meanWords: Uint16Array;
  meanLengths: Uint16Array;
  rowWords: Uint16Array;
  rowLengths: Uint16Array;
  basisCodes: Uint8Array;
  /** Short codes of each cell's mean. */
  meanCodes: Uint8Array;
}

export interface CellParts {
  checksums: Uint32Array;
  codes: Uint8Array;
}

export interface GroupParts {
  /** Numbers of the rows. */
  rows: Uint32Array;
  /** float16. */
  scales: Uint16Array;
  /** float16: what is left along the direction. */
  lengths: Uint16Array;
  codes: Uint8Array;
}

const MAKE = {
  f32: (bytes: Bytes, at: number, length: number) => new Float32Array(bytes.buffer, at, length),
  u32: (bytes: Bytes, at: number, length: number) => new Uint32Array(bytes.buffer, at, length),
  u16: (bytes: Bytes, at: number, length: number) => new Uint16Array(bytes.buffer, at, length),
  u8: (bytes: Bytes, at: number, length: number) => new Uint8Array(bytes.buffer, at, length),
};
const SIZES = { f32: 4, u32: 4, u16: 2, u8: 1 };

type Places = Record<string, readonly [kind: keyof typeof MAKE, length: number]>;

export function headCoordinates({ meanGroups, rowGroups }: HeadCounts): number {
  return coordinatesOf(Math.max(meanGroups, rowGroups));
}

function headPlaces(counts: HeadCounts) {
  const { dimensions, cells, meanGroups, rowGroups } = counts;
  const basis = headCoordinates(counts) * dimensions;
  return {
    mean: ['f32', dimensions],
    direction: ['f32', dimensions],
    spread: ['f32', dimensions],
    levels: ['f32', WORDS],
    restSpread: ['f32', dimensions],
    restLevels: ['f32', WORDS],
    cellRows: ['u32', cells],
    cellChecksums: ['u32', cells],
    basisScales: ['u16', basis / BLOCK],
    meanWords: ['u16', coordinatesOf(meanGroups) * WORDS],
    meanLengths: ['u16', WORDS],
    rowWords: ['u16', coordinatesOf(rowGroups) * WORDS],
    rowLengths: ['u16', WORDS],
    basisCodes: ['u8', basis / 2],
    meanCodes: ['u8', cells * codeBytes(meanGroups)],
  } satisfies Places;
}

function cellPlaces({ rows, groups, bytes }: CellCounts) {
  return { checksums: ['u32', groups], codes: ['u8', rows * bytes] } satisfies Places;
}

function groupPlaces({ rows, dimensions }: GroupCounts) {
  return {
    rows: ['u32', rows],
    scales: ['u16', rows],
    lengths: ['u16', rows],
    codes: ['u8', (rows * dimensions) / 2],
  } satisfies Places;
}

function padded(bytes: number): number {
  return 4 * Math.ceil(bytes / 4);
}

function lengthOf(headerWords: number, places: Places): number {
  const parts = Object.values(places).map(([kind, length]) => padded(SIZES[kind] * length));
  return parts.reduce((sum, bytes) => sum + bytes, 4 * headerWords);
}

/** Views of the parts, one after the other behind the header. */
function viewsOf(headerWords: number, places: Places, bytes: Bytes): Record<string, unknown> {
  let at = bytes.byteOffset + 4 * headerWords;
  const views = Object.entries(places).map(([name, [kind, length]]) => {
    const view = MAKE[kind](bytes, at, length);
    at += padded(SIZES[kind] * length);
    return [name, view] as const;
  });
  return Object.fromEntries(views);
}

function kindOf<Name extends string>(
  magic: number,
  counts: readonly Name[],
  places: (counts: Record<Name, number>) => Places,
): SealedKind<Name> {
  const headerWords = SEAL.counts + counts.length;
  const byteLengthOf = (given: Record<Name, number>): number =>
    lengthOf(headerWords, places(given));
  return { magic, version: 1, headerWords, counts, byteLengthOf };
}

// "NFVH", "NFVC", "NFVG" read as numbers.
export const HEAD = kindOf(0x4856464e, HEAD_COUNTS, headPlaces);
export const CELL = kindOf(0x4356464e, CELL_COUNTS, cellPlaces);
export const GROUP = kindOf(0x4756464e, GROUP_COUNTS, groupPlaces);

/** @param bytes as long as the counts say, beginning at a multiple of 4 in their buffer; so below */
export function headParts(bytes: Bytes, counts: HeadCounts): HeadParts {
  return viewsOf(HEAD.headerWords, headPlaces(counts), bytes) as unknown as HeadParts;
}

export function cellParts(bytes: Bytes, counts: CellCounts): CellParts {
  return viewsOf(CELL.headerWords, cellPlaces(counts), bytes) as unknown as CellParts;
}

export function groupParts(bytes: Bytes, counts: GroupCounts): GroupParts {
  return viewsOf(GROUP.headerWords, groupPlaces(counts), bytes) as unknown as GroupParts;
}
