/** What a core can do at best: twelve sums that wait for nothing but themselves. */

/** 12 int8 dot products a turn: 384 operations. */
export function dots(turns: i32): i32 {
  const a = i8x16.splat(3);
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(1);
  let s2 = i32x4.splat(2);
  let s3 = i32x4.splat(3);
  let s4 = i32x4.splat(4);
  let s5 = i32x4.splat(5);
  let s6 = i32x4.splat(6);
  let s7 = i32x4.splat(7);
  let s8 = i32x4.splat(8);
  let s9 = i32x4.splat(9);
  let s10 = i32x4.splat(10);
  let s11 = i32x4.splat(11);
  for (let i = 0; i < turns; i++) {
    s0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s0);
    s1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s1);
    s2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s2);
    s3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s3);
    s4 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s4);
    s5 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s5);
    s6 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s6);
    s7 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s7);
    s8 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s8);
    s9 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s9);
    s10 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s10);
    s11 = i32x4.relaxed_dot_i8x16_i7x16_add_s(a, a, s11);
  }
  s0 = v128.xor(s0, s1);
  s0 = v128.xor(s0, s2);
  s0 = v128.xor(s0, s3);
  s0 = v128.xor(s0, s4);
  s0 = v128.xor(s0, s5);
  s0 = v128.xor(s0, s6);
  s0 = v128.xor(s0, s7);
  s0 = v128.xor(s0, s8);
  s0 = v128.xor(s0, s9);
  s0 = v128.xor(s0, s10);
  s0 = v128.xor(s0, s11);
  return i32x4.extract_lane(s0, 0);
}

/** 12 multiply-adds a turn: 96 operations. */
export function fused(turns: i32): i32 {
  const a = f32x4.splat(0.5);
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(1);
  let s2 = i32x4.splat(2);
  let s3 = i32x4.splat(3);
  let s4 = i32x4.splat(4);
  let s5 = i32x4.splat(5);
  let s6 = i32x4.splat(6);
  let s7 = i32x4.splat(7);
  let s8 = i32x4.splat(8);
  let s9 = i32x4.splat(9);
  let s10 = i32x4.splat(10);
  let s11 = i32x4.splat(11);
  for (let i = 0; i < turns; i++) {
    s0 = f32x4.relaxed_madd(a, a, s0);
    s1 = f32x4.relaxed_madd(a, a, s1);
    s2 = f32x4.relaxed_madd(a, a, s2);
    s3 = f32x4.relaxed_madd(a, a, s3);
    s4 = f32x4.relaxed_madd(a, a, s4);
    s5 = f32x4.relaxed_madd(a, a, s5);
    s6 = f32x4.relaxed_madd(a, a, s6);
    s7 = f32x4.relaxed_madd(a, a, s7);
    s8 = f32x4.relaxed_madd(a, a, s8);
    s9 = f32x4.relaxed_madd(a, a, s9);
    s10 = f32x4.relaxed_madd(a, a, s10);
    s11 = f32x4.relaxed_madd(a, a, s11);
  }
  s0 = v128.xor(s0, s1);
  s0 = v128.xor(s0, s2);
  s0 = v128.xor(s0, s3);
  s0 = v128.xor(s0, s4);
  s0 = v128.xor(s0, s5);
  s0 = v128.xor(s0, s6);
  s0 = v128.xor(s0, s7);
  s0 = v128.xor(s0, s8);
  s0 = v128.xor(s0, s9);
  s0 = v128.xor(s0, s10);
  s0 = v128.xor(s0, s11);
  return i32x4.extract_lane(s0, 0);
}
