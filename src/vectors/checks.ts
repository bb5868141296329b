/** What comes into an index, checked at its door. */

import { NearfieldError } from '../contract/index.ts';
import { MAX_WIDTH } from '../kernels/index.ts';

/** Longest vector taken: its products stay far inside float32. */
const LONGEST = 1e15;

export function badInput(message: string, options: { index?: number } = {}): NearfieldError {
  return new NearfieldError('bad-input', `Vector index: ${message}.`, options);
}

export function noMemory(rows: number, dimensions: number, cause: unknown): NearfieldError {
  const message = `There is no memory for an index of ${rows} vectors of width ${dimensions}.`;
  return new NearfieldError('out-of-memory', message, { cause });
}

export function assertDimensions(dimensions: number): void {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MAX_WIDTH) {
    throw badInput(`dimensions must be a whole number from 1 to ${MAX_WIDTH}, got ${dimensions}`);
  }
}

/** Gives how many rows there are. */
export function assertRows(rows: Float32Array, dimensions: number): number {
  const count = rows.length / dimensions;
  if (!Number.isInteger(count)) {
    throw badInput(`${rows.length} values are no whole number of rows of ${dimensions}`);
  }
  for (let row = 0; row < count; row++) {
    const length = lengthOf(rows, row * dimensions, dimensions);
    if (!(length <= LONGEST)) throw badRow(rows, row, dimensions);
  }
  return count;
}

function badRow(rows: Float32Array, row: number, dimensions: number): NearfieldError {
  const values = rows.subarray(row * dimensions, (row + 1) * dimensions);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) return badInput(`value ${wrong} is ${values[wrong]}`, { index: row });
  return badInput(`the row is longer than ${LONGEST}`, { index: row });
}

export function assertQuery(query: Float32Array, dimensions: number): void {
  if (query.length !== dimensions) {
    throw badInput(`the query has ${query.length} values, the index ${dimensions}`);
  }
  const length = lengthOf(query, 0, dimensions);
  if (Number.isNaN(length) || length === Number.POSITIVE_INFINITY) {
    throw badInput('the query has a value that is not finite');
  }
  if (length > LONGEST) throw badInput(`the query is longer than ${LONGEST}`);
}

export function assertCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw badInput(`${name} must be a whole number above 0, got ${value}`);
  }
}

/** NaN or infinite where a value is. */
function lengthOf(values: Float32Array, start: number, count: number): number {
  let squares = 0;
  for (let i = start; i < start + count; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares);
}
