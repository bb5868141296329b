import { halfToNumber } from '../../onnx/index.ts';

/** IEEE 754 half-precision bits as float32 values. */
export function fromFloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = halfToNumber(bits[i] as number);
  return values;
}
