import { NearfieldError, type Pooling } from '../contract/index.ts';

/** Token states of a right-padded batch: rows x tokens x width, row-major. */
export interface TokenStates {
  data: Float32Array;
  /** Padded length. */
  tokens: number;
  width: number;
}

/**
 * One vector per row from its real tokens (right padding is never read), not normalised.
 * `lengths` are tokens per row. Sums run in float64.
 */
export function pool(
  states: TokenStates,
  lengths: readonly number[],
  pooling: Pooling,
): Float32Array<ArrayBuffer> {
  const { width } = states;
  const rows = new Float32Array(lengths.length * width);
  lengths.forEach((length, row) => {
    const out = rows.subarray(row * width, (row + 1) * width);
    const first = row * states.tokens * width;
    if (pooling === 'mean') {
      meanOf(states.data.subarray(first, first + length * width), width, out);
    } else {
      const at = first + (pooling === 'last' ? length - 1 : 0) * width;
      out.set(states.data.subarray(at, at + width));
    }
  });
  return rows;
}

function meanOf(tokens: Float32Array, width: number, out: Float32Array): void {
  const count = tokens.length / width;
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let at = column; at < tokens.length; at += width) sum += tokens[at] as number;
    out[column] = sum / count;
  }
}

/**
 * Scales each row to L2 norm 1 in place.
 * Throws `bad-vector` with the row's index for NaN, infinity or a zero vector.
 */
export function normalizeRows(rows: Float32Array, width: number): void {
  for (let start = 0, row = 0; start < rows.length; start += width, row++) {
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += (rows[i] as number) ** 2;
    const norm = Math.sqrt(squares);
    if (!(norm > 0) || !Number.isFinite(norm)) {
      throw new NearfieldError(
        'bad-vector',
        `The model gave ${norm === 0 ? 'a zero vector' : 'NaN or infinity'} for a text; nothing was kept.`,
        { index: row },
      );
    }
    for (let i = start; i < start + width; i++) rows[i] = (rows[i] as number) / norm;
  }
}
