/** Random rotations: changes of sign and Walsh-Hadamard transforms in turn. */

/** Butterflies of values that lie 1 and then 2 apart: within each vector. */
// @ts-ignore: decorator
@inline
function near(x: v128): v128 {
  const swapped = v128.shuffle<f32>(x, x, 1, 0, 3, 2);
  const odd = v128.shuffle<u32>(i32x4.splat(0), i32x4.splat(0x80000000), 0, 4, 1, 5);
  const pairs = f32x4.add(swapped, v128.xor(x, odd));
  const halves = v128.shuffle<f32>(pairs, pairs, 2, 3, 0, 1);
  const high = v128.shuffle<u32>(i32x4.splat(0), i32x4.splat(0x80000000), 0, 1, 4, 5);
  return f32x4.add(halves, v128.xor(pairs, high));
}

/** Butterflies of vectors `step` and then 2 * `step` bytes apart: a read and a write for two stages. */
function farTwice(at: usize, bytes: usize, step: usize): void {
  for (const end = at + bytes; at < end; at += 4 * step) {
    for (let a = at; a < at + step; a += 16) {
      const x0 = v128.load(a);
      const x1 = v128.load(a + step);
      const x2 = v128.load(a + 2 * step);
      const x3 = v128.load(a + 3 * step);
      const s0 = f32x4.add(x0, x1);
      const s1 = f32x4.sub(x0, x1);
      const s2 = f32x4.add(x2, x3);
      const s3 = f32x4.sub(x2, x3);
      v128.store(a, f32x4.add(s0, s2));
      v128.store(a + step, f32x4.add(s1, s3));
      v128.store(a + 2 * step, f32x4.sub(s0, s2));
      v128.store(a + 3 * step, f32x4.sub(s1, s3));
    }
  }
}

function farOnce(at: usize, bytes: usize, step: usize): void {
  for (const end = at + bytes; at < end; at += 2 * step) {
    for (let a = at; a < at + step; a += 16) {
      const x0 = v128.load(a);
      const x1 = v128.load(a + step);
      v128.store(a, f32x4.add(x0, x1));
      v128.store(a + step, f32x4.sub(x0, x1));
    }
  }
}

/** Walsh-Hadamard transform of `bytes / 4` values. */
function transform(at: usize, bytes: usize): void {
  let step: usize = 16;
  for (; step * 2 < bytes; step *= 4) farTwice(at, bytes, step);
  if (step < bytes) farOnce(at, bytes, step);
}

export function rotateRows(y: usize, rows: usize, width: usize, signs: usize): void {
  const size: usize = (<usize>1 << (31 - clz(<u32>width))) * 4;
  const rounds: usize = size === width * 4 ? 2 : 4;
  const factor = f32x4.splat(<f32>(1 / sqrt<f64>(<f64>(size / 4))));
  for (let row: usize = 0; row < rows; row++) {
    for (let round: usize = 0; round < rounds; round++) {
      const from = round & 1 ? width * 4 - size : 0;
      const flips = signs + round * width * 4;
      for (let i: usize = 0; i < width * 4; i += 16) {
        const flipped = v128.xor(v128.load(y + i), v128.load(flips + i));
        const inside = i >= from && i < from + size;
        v128.store(y + i, inside ? near(f32x4.mul(flipped, factor)) : flipped);
      }
      transform(y + from, size);
    }
    y += width * 4;
  }
}
