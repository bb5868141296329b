/** Figures of a benchmark: medians with their spread, ratios, a table and a file for the record. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What every row of a file says. */
export interface Row {
  case: string;
  metric: string;
  unit: string;
  ours: number;
  /** Measurements of ours, or what else the figure is of. */
  n: number;
}

/** Of ours alone. */
export interface OwnRow extends Row {
  /** Median. */
  ours: number;
  min: number;
  max: number;
}

export interface ResultRow extends OwnRow {
  rival: string;
  /** Median. */
  theirs: number;
  /** Above 1: ours is better. */
  ratio: number;
  /** Measurements of the rival, where they are fewer. */
  rivalN?: number;
}

export interface Comparison {
  case: string;
  metric: string;
  unit: string;
  rival: string;
  ours: readonly number[];
  theirs: readonly number[];
  /** @default 'lower' */
  better?: 'lower' | 'higher';
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('A case without measurements');
  return (low + high) / 2;
}

export function toRow({ better = 'lower', ours, theirs, ...rest }: Comparison): ResultRow {
  const [own, other] = [median(ours), median(theirs)];
  return {
    ...rest,
    ours: round(own),
    theirs: round(other),
    ratio: round(better === 'lower' ? other / own : own / other),
    n: ours.length,
    min: round(Math.min(...ours)),
    max: round(Math.max(...ours)),
    ...(theirs.length !== ours.length && { rivalN: theirs.length }),
  };
}

export function ownRow({ ours, ...rest }: Omit<Comparison, 'rival' | 'theirs' | 'better'>): OwnRow {
  return {
    ...rest,
    ours: round(median(ours)),
    n: ours.length,
    min: round(Math.min(...ours)),
    max: round(Math.max(...ours)),
  };
}

/** Of unit vectors, row by row: whether two sides compute the same. */
export function leastCosine(a: number[][], b: number[][]): number {
  const cosines = a.map((row, i) =>
    row.reduce((sum, value, j) => sum + value * (b[i]?.[j] ?? 0), 0),
  );
  return Math.min(...cosines);
}

export function publish(name: string, browser: string, rows: readonly ResultRow[]): void {
  console.table(rows);
  keep(name, browser, rows);
}

/** As `publish`, but rows of other cases, rivals and metrics stay in the file. */
export function publishInto(name: string, browser: string, rows: readonly Row[]): void {
  console.table(rows);
  const path = fileOf(name);
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results).rows : [];
  const fresh = new Map(rows.map((row) => [keyOf(row), row]));
  const merged = before.map((row) => {
    const newer = fresh.get(keyOf(row));
    fresh.delete(keyOf(row));
    return newer ?? row;
  });
  keep(name, browser, [...merged, ...fresh.values()]);
}

interface Results {
  rows: Row[];
}

function keyOf(row: Row & Partial<Pick<ResultRow, 'rival'>>): string {
  return JSON.stringify([row.case, row.rival, row.metric]);
}

/** @param tool what measured: a browser with its version, a compressor */
export function keep(name: string, tool: string, rows: readonly Row[]): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${gigabytes()} GB, ${tool}`;
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync('bench/results', { recursive: true });
  const path = fileOf(name);
  writeFileSync(path, JSON.stringify({ machine, date, rows }, null, 2) + '\n');
  console.log(`Kept in ${path}.`);
}

function fileOf(name: string): string {
  return `bench/results/${name}.json`;
}

function gigabytes(): number {
  return Math.round(totalmem() / 2 ** 30);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
