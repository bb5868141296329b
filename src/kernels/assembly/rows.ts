export function meanRows(x: usize, stride: usize, rows: usize, width: usize, out: usize): void {
  const share = f32x4.splat(<f32>1 / <f32>rows);
  for (let i: usize = 0; i < width * 4; i += 16) {
    let sum = f32x4.splat(0);
    for (let row: usize = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(x + row * stride * 4 + i));
    }
    v128.store(out + i, f32x4.mul(sum, share));
  }
}

/** `rows` rows of `width` floats, end to end at `to`. */
export function copyRows(x: usize, stride: usize, rows: usize, width: usize, to: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let i: usize = 0; i < width * 4; i += 16) v128.store(to + i, v128.load(x + i));
    x += stride * 4;
    to += width * 4;
  }
}
