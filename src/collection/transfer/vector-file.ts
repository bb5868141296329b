/** What files of vectors have in common: rows of one width, batch by batch, checked. */

import { NearfieldError } from '../../contract/index.ts';
import { wrongRow } from './exported.ts';
import type { Batches } from './streams.ts';

export interface VectorFile extends Batches<Float32Array<ArrayBuffer>> {
  dimensions: number;
  /** Where the format says it beforehand. */
  rows?: number;
}

const BATCH_BYTES = 1024 * 1024;

/** How many rows of so many bytes are read at once. */
export function rowsAtOnce(rowBytes: number): number {
  return Math.max(1, Math.floor(BATCH_BYTES / rowBytes));
}

/** Throws `bad-input` unless these are whole rows and unit vectors. @param first for messages */
export function checkRows(
  file: string,
  values: Float32Array,
  dimensions: number,
  first: number,
): void {
  if (values.length % dimensions !== 0) {
    throw badFile(
      file,
      `rows of ${dimensions} values`,
      `${values.length} values`,
      'Pass whole rows.',
    );
  }
  const wrong = wrongRow(values, dimensions);
  if (wrong === undefined) return;
  const help = 'Divide each row by its length, in numpy: x / np.linalg.norm(x, axis=1)[:, None].';
  const row = `row ${first + wrong.row}, which is ${wrong.fault}`;
  throw badFile(file, 'unit vectors', row, help);
}

export function badFile(file: string, expected: string, got: string, help: string): NearfieldError {
  return new NearfieldError('bad-input', `${file}: expected ${expected}, got ${got}. ${help}`);
}
