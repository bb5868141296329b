/** Writes the vectors of a site as files of which a query needs few. */

import {
  NearfieldError,
  numberToHalf,
  seal,
  sealChecksum,
  type SealedKind,
} from '../../contract/index.ts';
import { BLOCK } from '../../light/int4.ts';
import { dot } from './dot.ts';
import {
  CELL,
  cellParts,
  GROUP,
  groupParts,
  HEAD,
  headParts,
  type CellCounts,
  type GroupCounts,
  type HeadCounts,
} from './layout.ts';
import { learn, type Learnt, type Settings } from './learn.ts';
import { codeLong, type LongCodes, type LongWords } from './long-codes.ts';
import { fileName, hex, type FileKind, type VectorFiles } from './names.ts';

export interface SiteFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

interface WriteOptions extends Partial<Settings> {
  /**
   * What the vectors of queries have in common, as those of some texts embedded as queries show:
   * models put queries and passages in different places, and codes are best where queries look.
   * @default what the rows have in common
   */
  queryMean?: Float32Array;
}

export interface WrittenVectors {
  manifest: VectorFiles;
  files: SiteFile[];
}

const DEFAULTS: Settings = {
  rowsPerCell: 32,
  groupRows: 8,
  meanGroups: 43,
  rowGroups: 59,
  seed: 1,
};

/**
 * Files of the vectors; their rows are numbered as given. The same input gives the same bytes.
 * Throws `bad-input`.
 *
 * @param rows unit vectors, `dimensions` values each
 * @param dimensions a multiple of 32
 */
export function writeVectors(
  rows: Float32Array,
  dimensions: number,
  { queryMean, ...options }: WriteOptions = {},
): WrittenVectors {
  check(rows, dimensions, queryMean);
  const settings = { ...DEFAULTS, ...options };
  const room = dimensions / 4;
  settings.meanGroups = Math.min(settings.meanGroups, room);
  settings.rowGroups = Math.min(settings.rowGroups, room);
  const learnt = learn(rows, dimensions, settings, queryMean);
  const files: SiteFile[] = [];
  const add = (file: Sealed): number => {
    files.push(file);
    return file.checksum;
  };
  let number = 0;
  const checksums = learnt.cells.map((groups, cell) => {
    const groupSums = groups.map((group) => {
      const [rest, own] = writeGroup(learnt, number++, cell, group);
      add(rest);
      return add(own);
    });
    return add(writeCell(learnt, cell, groups, groupSums));
  });
  const head = writeHead(learnt, rows.length / dimensions, dimensions, settings, checksums);
  add(head);
  return {
    manifest: {
      version: HEAD.version,
      head: head.name,
      checksum: hex(head.checksum),
      rows: rows.length / dimensions,
      dimensions,
    },
    files,
  };
}

function check(rows: Float32Array, dimensions: number, queryMean: Float32Array | undefined): void {
  if (!Number.isInteger(dimensions) || dimensions < BLOCK || dimensions % BLOCK !== 0) {
    throw badInput(`dimensions must be a multiple of ${BLOCK}, got ${dimensions}`);
  }
  if (rows.length % dimensions !== 0) {
    throw badInput(`${rows.length} values are no whole number of rows of ${dimensions}`);
  }
  if (queryMean && queryMean.length !== dimensions) {
    throw badInput(`queryMean has ${queryMean.length} values, rows have ${dimensions}`);
  }
  const wrong = rows.findIndex((value) => !(Math.abs(value) <= 1.001));
  if (wrong < 0) return;
  const row = Math.floor(wrong / dimensions);
  throw badInput(`row ${row} is no unit vector: one of its values is ${rows[wrong]}`);
}

function badInput(message: string): NearfieldError {
  return new NearfieldError('bad-input', `Vectors of a site: ${message}.`);
}

interface Sealed extends SiteFile {
  checksum: number;
}

function sealed<Name extends string>(
  kind: SealedKind<Name>,
  name: FileKind,
  number: number,
  counts: Record<Name, number>,
  fill: (bytes: Uint8Array<ArrayBuffer>) => void,
): Sealed {
  const bytes = new Uint8Array(kind.byteLengthOf(counts));
  fill(bytes);
  seal(kind, bytes, counts);
  const checksum = sealChecksum(bytes);
  return { name: fileName(name, number, checksum), bytes, checksum };
}

/** A group's file, and first the one of what its codes leave. */
function writeGroup(
  learnt: Learnt,
  number: number,
  cell: number,
  group: Uint32Array,
): [rest: Sealed, group: Sealed] {
  const left = Array.from(group, (row) => learnt.leftOf(row, cell));
  const codes = left.map((row) => longOf(row, learnt.long, learnt.direction));
  const rest = left.map((row) => longOf(row, learnt.rest, learnt.direction));
  const dimensions = learnt.mean.length;
  const counts = { number, rows: group.length, dimensions, rest: 0 };
  const after = writeLong('rest', counts, group, rest);
  return [after, writeLong('group', { ...counts, rest: after.checksum }, group, codes)];
}

/** Takes the codes off `row`, and tells what they leave of it along the direction. */
function longOf(
  row: Float32Array,
  words: LongWords,
  direction: Float32Array,
): LongCodes & { length: number } {
  const codes = codeLong(row, words);
  return { ...codes, length: numberToHalf(dot(row, 0, direction, 0, row.length)) };
}

function writeLong(
  kind: 'group' | 'rest',
  counts: GroupCounts,
  group: Uint32Array,
  codes: readonly ReturnType<typeof longOf>[],
): Sealed {
  return sealed(GROUP, kind, counts.number, counts, (bytes) => {
    const parts = groupParts(bytes, counts);
    parts.rows.set(group);
    parts.scales.set(codes.map(({ scale }) => scale));
    parts.lengths.set(codes.map(({ length }) => length));
    for (const [i, row] of codes.entries()) parts.codes.set(row.codes, i * row.codes.length);
  });
}

function writeCell(
  { rows: { coder, codes } }: Learnt,
  number: number,
  groups: readonly Uint32Array[],
  checksums: readonly number[],
): Sealed {
  const each = coder.bytes;
  const members = groups.flatMap((group) => [...group]);
  const counts: CellCounts = {
    number,
    rows: members.length,
    groups: groups.length,
    bytes: each,
  };
  return sealed(CELL, 'cell', number, counts, (bytes) => {
    const parts = cellParts(bytes, counts);
    parts.checksums.set(checksums);
    for (const [i, row] of members.entries()) {
      parts.codes.set(codes.subarray(row * each, (row + 1) * each), i * each);
    }
  });
}

function writeHead(
  { mean, direction, long, rest, projection, cells, means, rows: short }: Learnt,
  rows: number,
  dimensions: number,
  { meanGroups, rowGroups, groupRows }: Settings,
  checksums: readonly number[],
): Sealed {
  const counts: HeadCounts = {
    rows,
    dimensions,
    cells: cells.length,
    meanGroups,
    rowGroups,
    groupRows,
  };
  return sealed(HEAD, 'head', 0, counts, (bytes) => {
    const parts = headParts(bytes, counts);
    parts.mean.set(mean);
    parts.direction.set(direction);
    parts.spread.set(long.spread);
    parts.levels.set(long.levels);
    parts.restSpread.set(rest.spread);
    parts.restLevels.set(rest.levels);
    parts.cellRows.set(cells.map((groups) => groups.reduce((sum, { length }) => sum + length, 0)));
    parts.cellChecksums.set(checksums);
    parts.basisScales.set(projection.stored.scales);
    parts.basisCodes.set(projection.stored.codes);
    parts.meanWords.set(Array.from(means.words.words, numberToHalf));
    parts.meanLengths.set(Array.from(means.words.lengths, numberToHalf));
    parts.rowWords.set(Array.from(short.words.words, numberToHalf));
    parts.rowLengths.set(Array.from(short.words.lengths, numberToHalf));
    parts.meanCodes.set(means.codes);
  });
}
