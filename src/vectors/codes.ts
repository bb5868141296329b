/**
 * The codes of rows as bytes: for each segment the sign bits, int8 and factors of its rows, in places
 * that do not depend on how many rows there are. What was encoded never changes, so that a file of
 * codes only grows, and rows that are not counted yet may lie in it.
 */

import { NearfieldError } from '../contract/index.ts';
import { FACTOR_BYTES, SEGMENT_ROWS } from '../kernels/index.ts';
import type { Space } from './space.ts';

/** Bytes in the memory of an index, and where they belong in a file of codes. */
export interface CodePart {
  at: number;
  /** A view, valid until the index grows. */
  bytes: Uint8Array;
}

/** The codes of rows `first` up to `end`; those of a whole segment are one part. */
export function* codeParts(space: Space, first: number, end: number): Generator<CodePart> {
  const { layout, width } = space;
  for (let from = first; from < end;) {
    const inSegment = from % SEGMENT_ROWS;
    const rows = Math.min(end - from, SEGMENT_ROWS - inSegment);
    const memory = space.segmentAt(from);
    const file = Math.floor(from / SEGMENT_ROWS) * layout.alive;
    const part = (offset: number, size: number): CodePart => ({
      at: file + offset,
      bytes: space.bytes.subarray(memory + offset, memory + offset + size),
    });
    if (rows === SEGMENT_ROWS) yield part(0, layout.alive);
    else {
      yield part(layout.bits + (inSegment * width) / 8, (rows * width) / 8);
      yield part(layout.codes + inSegment * width, rows * width);
      yield part(layout.factors + inSegment * FACTOR_BYTES, rows * FACTOR_BYTES);
    }
    from += rows;
  }
}

/** XXH32 of the codes of rows `first` up to `end`, which lie in one segment, part by part. */
export function codesChecksum(space: Space, first: number, end: number): number {
  const { layout, width, kernels } = space;
  const memory = space.segmentAt(first);
  const parts = [
    [layout.bits, width / 8],
    [layout.codes, width],
    [layout.factors, FACTOR_BYTES],
  ] as const;
  let hash = 0;
  for (const [offset, size] of parts) {
    const at = memory + offset + (first % SEGMENT_ROWS) * size;
    hash = kernels.checksum(at, (end - first) * size, hash);
  }
  return hash >>> 0;
}

/** XXH32 of float32 rows from anywhere, row by row, through the scratch of the space. */
export function rowsChecksum(
  { kernels, bytes, at, dimensions }: Space,
  rows: Float32Array,
): number {
  const values = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  const size = 4 * dimensions;
  let hash = 0;
  for (let start = 0; start < values.length; start += size) {
    const row = values.subarray(start, start + size);
    bytes.set(row, at.x);
    hash = kernels.checksum(at.x, row.length, hash);
  }
  return hash >>> 0;
}

/** No score may be NaN. */
export function assertFactors(space: Space, first: number, end: number): void {
  const { floats } = space;
  for (let at = space.factorsAt(first) / 4, row = first; row < end; row++, at += 4) {
    const [scale, error, bias] = [floats[at]!, floats[at + 2]!, floats[at + 3]!];
    if (!(scale >= 0 && scale < Infinity && error >= 0 && error < Infinity && bias - bias === 0)) {
      throw damaged(`row ${row} has no sound numbers`);
    }
  }
}

export function damaged(what: string): NearfieldError {
  return new NearfieldError('integrity', `Vector index: the bytes are damaged: ${what}.`);
}
