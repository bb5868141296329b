import { NearfieldError } from '../contract/index.ts';
import type { EmbedRows } from '../contract/index.ts';

const NORM_TOLERANCE = 1e-3;

/** What is wrong with a vector that should be finite and of norm 1; undefined when nothing is. */
export function fault(vector: Float32Array): string | undefined {
  let squares = 0;
  for (const value of vector) squares += value * value;
  if (!Number.isFinite(squares)) return 'not finite';
  if (squares === 0) return 'zero';
  const norm = Math.sqrt(squares);
  return Math.abs(norm - 1) > NORM_TOLERANCE ? `of norm ${norm.toFixed(4)}` : undefined;
}

/** Rows of the model that can be trusted; throws `bad-vector` or `internal`. */
export function checkedRows(rows: EmbedRows, texts: number): Float32Array<ArrayBuffer>[] {
  const width = rows.data.length / texts;
  if (!Number.isInteger(width) || rows.tokens.length !== texts || rows.truncated.length !== texts) {
    throw new NearfieldError(
      'internal',
      `The model gave ${rows.data.length} values, ${rows.tokens.length} token counts and ${rows.truncated.length} flags for ${texts} texts.`,
    );
  }
  return Array.from({ length: texts }, (_, i) => {
    const vector = rows.data.subarray(i * width, (i + 1) * width);
    const wrong = fault(vector);
    if (wrong === undefined) return vector;
    throw new NearfieldError('bad-vector', `The model gave a vector that is ${wrong}.`, {
      index: i,
    });
  });
}
