/** Dense products of matrices, row-major. */

/**
 * out = a b', with a of m x k, b of n x k, out of m x n. Tiles of 4 x 2 sums are locals: each value that
 * is loaded is used more than once. m is a multiple of 4, n of 2.
 */
export function timesTransposed(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  k: number,
): void {
  const [m, n] = [a.length / k, b.length / k];
  for (let row = 0; row < m; row += 4) {
    for (let column = 0; column < n; column += 2) {
      tile(a, b, out, row, column, n, k);
    }
  }
}

function tile(
  a: Float32Array,
  b: Float32Array,
  out: Float32Array,
  row: number,
  column: number,
  n: number,
  k: number,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  const a0 = row * k;
  const a1 = a0 + k;
  const a2 = a1 + k;
  const a3 = a2 + k;
  const b0 = column * k;
  const b1 = b0 + k;
  for (let i = 0; i < k; i++) {
    const x = b[b0 + i]!;
    const y = b[b1 + i]!;
    const p = a[a0 + i]!;
    s0 += p * x;
    t0 += p * y;
    const q = a[a1 + i]!;
    s1 += q * x;
    t1 += q * y;
    const r = a[a2 + i]!;
    s2 += r * x;
    t2 += r * y;
    const s = a[a3 + i]!;
    s3 += s * x;
    t3 += s * y;
  }
  const at = row * n + column;
  out[at] = s0;
  out[at + 1] = t0;
  out[at + n] = s1;
  out[at + n + 1] = t1;
  out[at + 2 * n] = s2;
  out[at + 2 * n + 1] = t2;
  out[at + 3 * n] = s3;
  out[at + 3 * n + 1] = t3;
}
