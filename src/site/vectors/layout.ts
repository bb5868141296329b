/**
 * Where things lie in the kinds of files that vectors take. All numbers are little-endian, and parts
 * begin at multiples of 4. The head is deflated, 5 % smaller with 10,000 rows; sectors and groups would be
 * larger, and `rest` 2 % smaller, which is not worth inflating one more file after the other.
 *
 * - `vectors`: the head, what all queries need
 * - `sector`: short codes of the rows of some cells, one cell after the other
 * - `group`: long codes of some rows of a cell, and their numbers
 * - `rest`: what those long codes leave, in longer ones; laid out as a group
 */

import { BLOCK } from '../../light/int4.ts';
import { codeBytes, coordinatesOf, WORDS } from './codes.ts';
import { bitsOf, REST_LEVELS } from './long-codes.ts';

/** What the head says first. */
export const HEAD_COUNTS = [
  'rows',
  'dimensions',
  'sectors',
  'cells',
  'meanGroups',
  'rowGroups',
  'groupRows',
  'longLevels',
] as const;
/**
 * Groups are those of codes.ts; `groupRows` are those of a group's file at most, `longLevels` what a long
 * code stands for one of.
 */
export type HeadCounts = Record<(typeof HEAD_COUNTS)[number], number>;

/** What the head says of a sector. `bytes`: of a row. */
export interface SectorShape {
  rows: number;
  bytes: number;
}

export interface GroupShape {
  rows: number;
  dimensions: number;
  /** What a code stands for one of. */
  levels: number;
}

/** float16 are by their bits. */
export interface HeadParts {
  /** In the order of `HEAD_COUNTS`. */
  counts: Uint32Array;
  /** float32, dimensions. */
  mean: Float32Array;
  /** float32, dimensions: what queries have in common, of length 1. */
  direction: Float32Array;
  /** float32, dimensions: how much rounding to short codes leaves. */
  spread: Float32Array;
  /** float32: what long codes stand for, times spread and a row's scale. */
  levels: Float32Array;
  /** As those two, of what long codes leave; 16 levels. */
  restSpread: Float32Array;
  restLevels: Float32Array;
  /** float32: variances of rows along each principal direction, and on average along any other. */
  variances: Float32Array;
  /** float32, dimensions: covariance of rows with how far they lie along the direction. */
  covariance: Float32Array;
  /** Cells of each sector. */
  sectorCells: Uint32Array;
  /** Rows of each cell, those of a sector one after the other. */
  cellRows: Uint32Array;
  /** float16: principal directions in 4 bits, one after the other; of each block. */
  basisScales: Uint16Array;
  /** float16, see codes.ts. */
  meanWords: Uint16Array;
  meanLengths: Uint16Array;
  meanSpreads: Uint16Array;
  rowWords: Uint16Array;
  rowLengths: Uint16Array;
  rowSpreads: Uint16Array;
  basisCodes: Uint8Array;
  /** Short codes of each cell's mean; spreads are those of its rows. */
  meanCodes: Uint8Array;
}

export interface SectorParts {
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

interface ViewType {
  new (buffer: ArrayBufferLike, at: number, length: number): unknown;
  readonly BYTES_PER_ELEMENT: number;
}

type Kind = 'f32' | 'u32' | 'u16' | 'u8';
const KINDS: Readonly<Record<Kind, ViewType>> = {
  f32: Float32Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
};

type Places = Record<string, readonly [kind: Kind, length: number]>;

export function headCoordinates({ meanGroups, rowGroups }: HeadCounts): number {
  return coordinatesOf(Math.max(meanGroups, rowGroups));
}

function headPlaces(counts: HeadCounts) {
  const { dimensions, sectors, cells, meanGroups, rowGroups, longLevels } = counts;
  const coordinates = headCoordinates(counts);
  const basis = coordinates * dimensions;
  return {
    counts: ['u32', HEAD_COUNTS.length],
    mean: ['f32', dimensions],
    direction: ['f32', dimensions],
    spread: ['f32', dimensions],
    levels: ['f32', longLevels],
    restSpread: ['f32', dimensions],
    restLevels: ['f32', REST_LEVELS],
    variances: ['f32', coordinates + 1],
    covariance: ['f32', dimensions],
    sectorCells: ['u32', sectors],
    cellRows: ['u32', cells],
    basisScales: ['u16', basis / BLOCK],
    meanWords: ['u16', coordinatesOf(meanGroups) * WORDS],
    meanLengths: ['u16', WORDS],
    meanSpreads: ['u16', WORDS],
    rowWords: ['u16', coordinatesOf(rowGroups) * WORDS],
    rowLengths: ['u16', WORDS],
    rowSpreads: ['u16', WORDS],
    basisCodes: ['u8', basis / 2],
    meanCodes: ['u8', cells * codeBytes(meanGroups)],
  } satisfies Places;
}

function sectorPlaces({ rows, bytes }: SectorShape) {
  return { codes: ['u8', rows * bytes] } satisfies Places;
}

function groupPlaces({ rows, dimensions, levels }: GroupShape) {
  return {
    rows: ['u32', rows],
    scales: ['u16', rows],
    lengths: ['u16', rows],
    codes: ['u8', (rows * dimensions * bitsOf(levels)) / 8],
  } satisfies Places;
}

/** How files of one kind are laid out. */
export class Layout<Shape, Parts> {
  readonly #placesOf: (shape: Shape) => Places;

  constructor(placesOf: (shape: Shape) => Places) {
    this.#placesOf = placesOf;
  }

  byteLength(shape: Shape): number {
    const places = Object.values(this.#placesOf(shape));
    return places.reduce((sum, [kind, length]) => sum + bytesOf(kind, length), 0);
  }

  /** Views of the parts. @param bytes `byteLength` of them, beginning at a multiple of 4 in their buffer */
  parts(shape: Shape, { buffer, byteOffset }: Uint8Array): Parts {
    let at = byteOffset;
    const views = Object.entries(this.#placesOf(shape)).map(([name, [kind, length]]) => {
      const view = new KINDS[kind](buffer, at, length);
      at += bytesOf(kind, length);
      return [name, view] as const;
    });
    return Object.fromEntries(views) as Parts;
  }
}

/** With what is left free before the next part. */
function bytesOf(kind: Kind, length: number): number {
  return 4 * Math.ceil((KINDS[kind].BYTES_PER_ELEMENT * length) / 4);
}

export const HEAD = new Layout<HeadCounts, HeadParts>(headPlaces);
export const SECTOR = new Layout<SectorShape, SectorParts>(sectorPlaces);
export const GROUP = new Layout<GroupShape, GroupParts>(groupPlaces);
