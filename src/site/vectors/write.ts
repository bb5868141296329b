/** Writes the vectors of a site as files of which a query needs few. */

import { NearfieldError, numberToHalf } from '../../contract/index.ts';
import { BLOCK } from '../../light/int4.ts';
import { MOST_ROWS, type SiteWriter } from '../files/index.ts';
import { dot } from './dot.ts';
import { GROUP, HEAD, HEAD_COUNTS, SECTOR, type HeadCounts, type Layout } from './layout.ts';
import { learn, type Learnt, type Settings } from './learn.ts';
import { codeLong, LONG_LEVELS, type LongCodes, type LongWords } from './long-codes.ts';
import { settingsFor } from './settings.ts';

interface WriteOptions extends Partial<Settings> {
  /**
   * What the vectors of queries have in common, as those of some texts embedded as queries show:
   * models put queries and passages in different places, and codes are best where queries look.
   * @default what the rows have in common
   */
  queryMean?: Float32Array;
}

/**
 * Adds the files of the vectors to a site's; rows are numbered as given. The same input gives the same
 * bytes. Throws `bad-input`.
 *
 * @returns sketch of each row, one after the other, all as long: what `SiteVectors.estimator` reads
 * @param rows unit vectors, `dimensions` values each
 * @param dimensions a multiple of 32
 */
export async function writeVectors(
  site: SiteWriter,
  rows: Float32Array,
  dimensions: number,
  { queryMean, ...options }: WriteOptions = {},
): Promise<Uint8Array> {
  checkRows(rows, dimensions);
  const settings = { ...settingsFor(rows.length / dimensions), ...options };
  checkMean(queryMean, dimensions);
  checkSettings(settings);
  const room = dimensions / 4;
  settings.meanGroups = Math.min(settings.meanGroups, room);
  settings.rowGroups = Math.min(settings.rowGroups, room);
  const learnt = learn(rows, dimensions, settings, queryMean);
  const counts: HeadCounts = {
    rows: rows.length / dimensions,
    dimensions,
    sectors: learnt.sectors.length,
    cells: learnt.cells.length,
    meanGroups: settings.meanGroups,
    rowGroups: settings.rowGroups,
    groupRows: settings.groupRows,
    longLevels: settings.longLevels,
  };
  await site.add({ kind: 'vectors', number: 0 }, { packed: headFile(learnt, counts) });
  await addSectors(site, learnt);
  await addGroups(site, learnt);
  return sketchesOf(learnt, counts);
}

/** Of each row, short codes of its cell's mean and its own: the head tells what they stand for. */
function sketchesOf({ cells, means, rows }: Learnt, { rows: count }: HeadCounts): Uint8Array {
  const [mean, own] = [means.coder.bytes, rows.coder.bytes];
  const sketches = new Uint8Array(count * (mean + own));
  for (const [cell, groups] of cells.entries()) {
    const ofMean = means.codes.subarray(cell * mean, (cell + 1) * mean);
    for (const row of groups.flatMap((group) => [...group])) {
      const at = row * (mean + own);
      sketches.set(ofMean, at);
      sketches.set(rows.codes.subarray(row * own, (row + 1) * own), at + mean);
    }
  }
  return sketches;
}

async function addSectors(site: SiteWriter, learnt: Learnt): Promise<void> {
  let first = 0;
  for (const [number, cells] of learnt.sectors.entries()) {
    const members = learnt.cells.slice(first, first + cells).flat();
    await site.add({ kind: 'sector', number }, { plain: sectorFile(learnt, members) });
    first += cells;
  }
}

async function addGroups(site: SiteWriter, learnt: Learnt): Promise<void> {
  const { direction, long, rest } = learnt;
  for (const [number, group] of learnt.cells.flat().entries()) {
    const left = learnt.leftOf(group);
    // In this order: coding takes off each row what its codes stand for.
    for (const [kind, words] of [
      ['group', long],
      ['rest', rest],
    ] as const) {
      const codes = Array.from(group, (_, i) => {
        const start = i * direction.length;
        return longOf(left.subarray(start, start + direction.length), words, direction);
      });
      const shape = { dimensions: direction.length, levels: words.levels.length };
      await site.add({ kind, number }, { plain: groupFile(group, codes, shape) });
    }
  }
}

function checkRows(rows: Float32Array, dimensions: number): void {
  if (!Number.isInteger(dimensions) || dimensions < BLOCK || dimensions % BLOCK !== 0) {
    throw badInput(`dimensions must be a multiple of ${BLOCK}, got ${dimensions}`);
  }
  if (rows.length % dimensions !== 0) {
    throw badInput(`${rows.length} values are no whole number of rows of ${dimensions}`);
  }
  if (rows.length / dimensions > MOST_ROWS) {
    throw badInput(`expected ${MOST_ROWS} rows at most, got ${rows.length / dimensions}`);
  }
  const wrong = rows.findIndex((value) => !(Math.abs(value) <= 1.001));
  if (wrong < 0) return;
  const row = Math.floor(wrong / dimensions);
  throw badInput(`row ${row} is no unit vector: one of its values is ${rows[wrong]}`);
}

function checkMean(queryMean: Float32Array | undefined, dimensions: number): void {
  if (!queryMean) return;
  if (queryMean.length !== dimensions) {
    throw badInput(`queryMean has ${queryMean.length} values, rows have ${dimensions}`);
  }
  if (!queryMean.every(Number.isFinite)) throw badInput('queryMean has a value that is not finite');
}

function checkSettings(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw badInput(`${name} must be a whole number above 0, got ${value}`);
  }
  if (!LONG_LEVELS.includes(settings.longLevels)) {
    throw badInput(`longLevels must be ${LONG_LEVELS.join(' or ')}, got ${settings.longLevels}`);
  }
}

function badInput(message: string): NearfieldError {
  return new NearfieldError('bad-input', `Vectors of a site: ${message}.`);
}

function fileOf<Shape, Parts>(
  layout: Layout<Shape, Parts>,
  shape: Shape,
  fill: (parts: Parts) => void,
): Uint8Array {
  const bytes = new Uint8Array(layout.byteLength(shape));
  fill(layout.parts(shape, bytes));
  return bytes;
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

function groupFile(
  group: Uint32Array,
  codes: readonly ReturnType<typeof longOf>[],
  shape: { dimensions: number; levels: number },
): Uint8Array {
  return fileOf(GROUP, { rows: group.length, ...shape }, (parts) => {
    parts.rows.set(group);
    parts.scales.set(codes.map(({ scale }) => scale));
    parts.lengths.set(codes.map(({ length }) => length));
    for (const [i, row] of codes.entries()) parts.codes.set(row.codes, i * row.codes.length);
  });
}

function sectorFile(
  { rows: { coder, codes } }: Learnt,
  groups: readonly Uint32Array[],
): Uint8Array {
  const { bytes } = coder;
  const members = groups.flatMap((group) => [...group]);
  return fileOf(SECTOR, { rows: members.length, bytes }, (parts) => {
    for (const [i, row] of members.entries()) {
      parts.codes.set(codes.subarray(row * bytes, (row + 1) * bytes), i * bytes);
    }
  });
}

function headFile(learnt: Learnt, counts: HeadCounts): Uint8Array {
  const { long, rest, projection, sectors, cells, means, rows } = learnt;
  return fileOf(HEAD, counts, (parts) => {
    parts.counts.set(HEAD_COUNTS.map((key) => counts[key]));
    parts.mean.set(learnt.mean);
    parts.direction.set(learnt.direction);
    parts.spread.set(long.spread);
    parts.levels.set(long.levels);
    parts.restSpread.set(rest.spread);
    parts.restLevels.set(rest.levels);
    parts.variances.set(learnt.variances);
    parts.covariance.set(learnt.covariance);
    parts.sectorCells.set(sectors);
    parts.cellRows.set(cells.map((groups) => groups.reduce((sum, { length }) => sum + length, 0)));
    parts.basisScales.set(projection.stored.scales);
    parts.basisCodes.set(projection.stored.codes);
    parts.meanWords.set(halvesOf(means.coder.words.words));
    parts.meanLengths.set(halvesOf(means.coder.words.lengths));
    parts.meanSpreads.set(halvesOf(means.coder.words.spreads));
    parts.rowWords.set(halvesOf(rows.coder.words.words));
    parts.rowLengths.set(halvesOf(rows.coder.words.lengths));
    parts.rowSpreads.set(halvesOf(rows.coder.words.spreads));
    parts.meanCodes.set(means.codes);
  });
}

function halvesOf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, numberToHalf);
}
