/** IEEE half precision to float32, through a table of all 65,536 values. */

let table: Float32Array | undefined;

export function fromFloat16(halves: Uint16Array): Float32Array {
  const values = (table ??= buildTable());
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = values[halves[i] ?? 0] ?? 0;
  return out;
}

function buildTable(): Float32Array {
  return Float32Array.from({ length: 0x10000 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    if (exponent === 31) return mantissa ? NaN : sign * Infinity;
    if (exponent === 0) return sign * mantissa * 2 ** -24;
    return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  });
}
