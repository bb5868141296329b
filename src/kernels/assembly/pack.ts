/** MatMulNBits rows to panels. Rows that a last panel lacks repeat the last row; nobody reads them. */

const PANEL: usize = 8;

/** Four vectors of 4 x 4 bytes, one for each row, to four of one group of inputs each. */
// @ts-ignore: decorator
@inline
export function storeTransposed(
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  out: usize,
  stride: usize,
): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(out + stride, v128.shuffle<i64>(ab, cd, 1, 3));
  const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out + 2 * stride, v128.shuffle<i64>(ab2, cd2, 0, 2));
  v128.store(out + 3 * stride, v128.shuffle<i64>(ab2, cd2, 1, 3));
}

/** 16 inputs of two rows, in order: those of row a in the low nibbles, those of b in the high ones. */
// @ts-ignore: decorator
@inline
function pair(a: usize, b: usize): v128 {
  const nibble = i8x16.splat(15);
  const low = v128.load64_zero(a);
  const high = v128.load64_zero(b);
  const even = v128.or(v128.and(low, nibble), i16x8.shl(v128.and(high, nibble), 4));
  const odd = v128.or(v128.and(i16x8.shr_u(low, 4), nibble), v128.andnot(high, nibble));
  return v128.shuffle<i8>(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Where row c of a panel starts. */
// @ts-ignore: decorator
@inline
function rowAt(source: usize, row: usize, n: usize, bytes: usize): usize {
  return source + min(row, n - 1) * bytes;
}

function packNibbles(source: usize, n: usize, k: usize, panel: usize, out: usize): void {
  const bytes = k / 2;
  const first = panel * PANEL;
  const r0 = rowAt(source, first, n, bytes);
  const r1 = rowAt(source, first + 1, n, bytes);
  const r2 = rowAt(source, first + 2, n, bytes);
  const r3 = rowAt(source, first + 3, n, bytes);
  const r4 = rowAt(source, first + 4, n, bytes);
  const r5 = rowAt(source, first + 5, n, bytes);
  const r6 = rowAt(source, first + 6, n, bytes);
  const r7 = rowAt(source, first + 7, n, bytes);
  for (let i: usize = 0; i < bytes; i += 8) {
    const a = pair(r0 + i, r4 + i);
    const b = pair(r1 + i, r5 + i);
    const c = pair(r2 + i, r6 + i);
    const d = pair(r3 + i, r7 + i);
    storeTransposed(a, b, c, d, out + i * 8, 16);
  }
}

function packBytes(source: usize, n: usize, k: usize, panel: usize, out: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const first = panel * PANEL + half * 4;
    const r0 = rowAt(source, first, n, k);
    const r1 = rowAt(source, first + 1, n, k);
    const r2 = rowAt(source, first + 2, n, k);
    const r3 = rowAt(source, first + 3, n, k);
    for (let i: usize = 0; i < k; i += 16) {
      const a = v128.load(r0 + i);
      const b = v128.load(r1 + i);
      const c = v128.load(r2 + i);
      const d = v128.load(r3 + i);
      storeTransposed(a, b, c, d, out + half * 16 + i * 8, 32);
    }
  }
}

export function packPanels(
  bits: i32,
  source: usize,
  n: usize,
  k: usize,
  panelFrom: usize,
  panelTo: usize,
  out: usize,
): void {
  for (let panel = panelFrom; panel < panelTo; panel++) {
    if (bits === 4) packNibbles(source, n, k, panel, out + panel * k * 4);
    else packBytes(source, n, k, panel, out + panel * k * 8);
  }
}
