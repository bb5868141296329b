/** Figures of a benchmark: medians with their spread, ratios, a table and a file for the record. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

export interface ResultRow {
  case: string;
  metric: string;
  unit: string;
  /** Median. */
  ours: number;
  rival: string;
  /** Median. */
  theirs: number;
  /** Above 1: ours is better. */
  ratio: number;
  n: number;
  /** Of ours. */
  min: number;
  max: number;
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
  };
}

export function publish(name: string, browser: string, rows: readonly ResultRow[]): void {
  console.table(rows);
  keep(name, browser, rows);
}

/** @param tool what measured: a browser with its version, a compressor */
export function keep(name: string, tool: string, rows: readonly ResultRow[]): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${gigabytes()} GB, ${tool}`;
  const date = new Date().toISOString().slice(0, 10);
  mkdirSync('bench/results', { recursive: true });
  const path = `bench/results/${name}.json`;
  writeFileSync(path, JSON.stringify({ machine, date, rows }, null, 2) + '\n');
  console.log(`Kept in ${path}.`);
}

function gigabytes(): number {
  return Math.round(totalmem() / 2 ** 30);
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
