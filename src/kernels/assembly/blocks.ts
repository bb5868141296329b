/**
 * How the int32 sums of one block become float32.
 *
 * Read as a float, the int32 whose bits are those of MAGIC (1.5 * 2^23, whose unit in the last place
 * is 1) plus n is MAGIC + n exactly, and subtracting MAGIC costs less than converting. quantizeRows
 * gives MAGIC - 8 * sum for each block of activations: sums of products that start there have the
 * midpoint of 4 bits taken off already. All of this is exact: the integers stay below 2^22.
 *
 * AssemblyScript has no constant parameters, so types stand in for them, and each combination
 * becomes a function without branches: B is the width of a weight, Z says where zero points are.
 */

import { madd } from './simd';

/**
 * B: low and high nibbles are columns of their own, or halves of one byte; or the former, taken apart
 * into bytes.
 */
export type Nibbles = u16;
export type Bytes = u8;
export type Unpacked = u32;

/** Z: at the midpoint, or one for each block and column. */
export type Midpoint = u16;
export type ZeroPoints = u8;

/**
 * Constants of inner loops are read from memory: V8 would rather make a known one anew, in three
 * instructions, each time it is used.
 */
const NIBBLE = memory.data<u8>([15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15], 16);
const MAGIC = memory.data<f32>([12582912, 12582912, 12582912, 12582912], 16);

// @ts-ignore: decorator
@inline
export function nibbleMask(): v128 {
  return v128.load(NIBBLE);
}

// @ts-ignore: decorator
@inline
export function magic(): v128 {
  return v128.load(MAGIC);
}

// @ts-ignore: decorator
@inline
export function isBytes<B>(): bool {
  return sizeof<B>() === sizeof<Bytes>();
}

// @ts-ignore: decorator
@inline
function isUnpacked<B>(): bool {
  return sizeof<B>() === sizeof<Unpacked>();
}

/** Bytes of a panel's weights of four inputs. */
// @ts-ignore: decorator
@inline
export function stepOf<B>(): usize {
  return isBytes<B>() || isUnpacked<B>() ? 32 : 16;
}

/** The low nibbles of 16 bytes. */
// @ts-ignore: decorator
@inline
export function lowOf<B>(weights: usize, nibble: v128): v128 {
  const w = v128.load(weights);
  return isUnpacked<B>() ? w : v128.and(w, nibble);
}

/** The high ones. */
// @ts-ignore: decorator
@inline
export function highOf<B>(weights: usize, nibble: v128): v128 {
  if (isUnpacked<B>()) return v128.load(weights, 16);
  return v128.and(i16x8.shr_u(v128.load(weights), 4), nibble);
}

/** Takes a panel of nibbles apart. */
export function unpackPanel(weights: usize, k: usize, out: usize): void {
  const nibble = nibbleMask();
  for (const end = out + k * 8; out < end; out += stepOf<Unpacked>()) {
    v128.store(out, lowOf<Nibbles>(weights, nibble));
    v128.store(out, highOf<Nibbles>(weights, nibble), 16);
    weights += stepOf<Nibbles>();
  }
}

// @ts-ignore: decorator
@inline
function hasZeros<Z>(): bool {
  return sizeof<Z>() === sizeof<ZeroPoints>();
}

/** What sums of low nibbles start from. */
// @ts-ignore: decorator
@inline
export function startOf<B>(start: v128): v128 {
  return isBytes<B>() ? magic() : start;
}

/** How far four zero points lie below the midpoint, in eighths. */
// @ts-ignore: decorator
@inline
export function zeroFactors<B, Z>(at: usize): v128 {
  if (!hasZeros<Z>()) return f32x4.splat(0);
  const points = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)));
  const midpoint = f32x4.splat(isBytes<B>() ? 16 : 1);
  return f32x4.sub(midpoint, f32x4.mul(f32x4.convert_i32x4_s(points), f32x4.splat(0.125)));
}

/** Takes off what zero points beside the midpoint stand for. */
// @ts-ignore: decorator
@inline
function shifted<Z>(centred: v128, start: v128, magic: v128, factors: v128): v128 {
  return hasZeros<Z>() ? madd(f32x4.sub(magic, start), factors, centred) : centred;
}

/** Sums of nibbles less their zero points. */
// @ts-ignore: decorator
@inline
export function centredNibbles<Z>(sums: v128, start: v128, magic: v128, factors: v128): v128 {
  return shifted<Z>(f32x4.sub(sums, magic), start, magic, factors);
}

/** Sums of bytes, low + 16 * high, less their zero points: 128 is 16 times the midpoint of 4 bits. */
// @ts-ignore: decorator
@inline
export function centredBytes<Z>(
  low: v128,
  high: v128,
  start: v128,
  magic: v128,
  factors: v128,
): v128 {
  const centred = madd(f32x4.sub(high, magic), f32x4.splat(16), f32x4.sub(low, magic));
  return shifted<Z>(centred, start, magic, factors);
}
