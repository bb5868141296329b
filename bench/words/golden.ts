/** A part of the test half with its vectors in one byte a value, so that the gate can measure quality. */

import { readFileSync, writeFileSync } from 'node:fs';
import { WIDTH } from '../starter.ts';
import type { Task } from './tasks.ts';

const FILE = new URL('golden.i8', import.meta.url);
/** Senses of `rev` and `ex`. */
export const GOLDEN_SENSES = 300;

/** The first senses of a task, with its vectors. */
export function headOf(task: Task): Task {
  const values = GOLDEN_SENSES * WIDTH;
  return {
    ...task,
    documents: task.documents.slice(0, GOLDEN_SENSES),
    queries: task.queries.slice(0, GOLDEN_SENSES),
    relevant: task.relevant.slice(0, GOLDEN_SENSES),
    documentVectors: task.documentVectors.subarray(0, values),
    queryVectors: task.queryVectors.subarray(0, values),
  };
}

/** @param parts unit rows */
export function writeGolden(parts: readonly Float32Array[]): void {
  writeFileSync(FILE, Buffer.concat(parts.map((rows) => new Uint8Array(toBytes(rows).buffer))));
}

/** As they were written, as unit rows again. @param count of parts, all of `GOLDEN_SENSES` rows */
export function readGolden(count: number): Float32Array[] {
  const bytes = new Int8Array(Uint8Array.from(readFileSync(FILE)).buffer);
  const values = GOLDEN_SENSES * WIDTH;
  if (bytes.length !== count * values) throw new Error(`golden.i8: ${bytes.length} values`);
  return Array.from({ length: count }, (_, i) =>
    toUnitRows(bytes.subarray(i * values, (i + 1) * values)),
  );
}

function toBytes(rows: Float32Array): Int8Array {
  const bytes = new Int8Array(rows.length);
  for (let at = 0; at < rows.length; at += WIDTH) {
    const row = rows.subarray(at, at + WIDTH);
    const most = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of row.entries()) bytes[at + i] = Math.round((127 * value) / most);
  }
  return bytes;
}

function toUnitRows(bytes: Int8Array): Float32Array {
  const rows = Float32Array.from(bytes);
  for (let at = 0; at < rows.length; at += WIDTH) {
    const row = rows.subarray(at, at + WIDTH);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (const [i, value] of row.entries()) row[i] = value / norm;
  }
  return rows;
}
