/** float32 to float16 and back, rounding half to even as numpy and torch do. */

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

export function toHalfBits(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted > 0) return sign | roundEven((shifted << 23) | mantissa, 13);
  // Below 2^-14 a half has no hidden bit; below 2^-25 nothing is left.
  return shifted < -10 ? sign : sign | roundEven(mantissa | 0x800000, 14 - shifted);
}

/** `bits >> drop`, rounded; a carry out of the mantissa rightly raises the exponent. */
function roundEven(bits: number, drop: number): number {
  const kept = bits >>> drop;
  const lost = bits & ((1 << drop) - 1);
  const middle = 1 << (drop - 1);
  const up = lost > middle || (lost === middle && (kept & 1) === 1);
  return up ? kept + 1 : kept;
}

/** Every float16 by its bits: a look-up beats arithmetic on tables of millions. */
const VALUES = Float32Array.from({ length: 65536 }, (_, bits) => decode(bits));

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

export function fromHalfBits(bits: number): number {
  return VALUES[bits]!;
}

/** The nearest value that a float16 holds. */
export function roundToHalf(value: number): number {
  return VALUES[toHalfBits(value)]!;
}

export function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = toHalfBits(values[i]!);
  return halves;
}
