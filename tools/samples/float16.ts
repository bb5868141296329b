/** Float32 to IEEE half precision, round to nearest even; unit vectors need no more than this range. */

const scratch = new DataView(new ArrayBuffer(4));

export function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfBits);
}

function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  if (exponent > 15) throw new RangeError(`${value} does not fit half precision.`);
  if (exponent < -14) return sign | roundHalfEven(Math.abs(value) * 2 ** 24);
  const mantissa = roundHalfEven((bits & 0x7fffff) / 2 ** 13);
  // A mantissa that rounds up to 1024 carries into the exponent, as it should.
  return sign + ((exponent + 15) << 10) + mantissa;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
