import { describe, expect, it } from 'vitest';
import { halfToNumber } from '../contract/half.ts';
import { Message } from './message.ts';
import type { OnnxTensor } from './model.ts';
import { smallValues } from './values.ts';

function tensor(dataType: number, dims: number[], fill: Partial<OnnxTensor>): OnnxTensor {
  return { name: 't', dims, dataType, rest: [], ...fill };
}

function raw(values: { buffer: ArrayBufferLike }): Partial<OnnxTensor> {
  return { rawData: new Uint8Array(values.buffer) };
}

/** Protobuf fields that nothing decoded. */
function field(write: (message: Message) => void): Partial<OnnxTensor> {
  const message = new Message();
  write(message);
  return { rest: [message.toBytes()] };
}

describe('smallValues', () => {
  it('reads bytes', () => {
    const read = (type: number, values: { buffer: ArrayBufferLike }) =>
      smallValues(tensor(type, [2], raw(values)), 8);
    expect(read(1, Float32Array.of(1.5, -2))).toEqual([1.5, -2]);
    expect(read(6, Int32Array.of(-1, 7))).toEqual([-1, 7]);
    expect(read(7, BigInt64Array.of(-1n, 2n ** 63n - 1n))).toEqual([-1, 2 ** 63]);
    expect(read(9, Uint8Array.of(0, 1))).toEqual([0, 1]);
    expect(read(10, Uint16Array.of(0x3c00, 0xc000))).toEqual([1, -2]);
    expect(read(11, Float64Array.of(0.1, 2))).toEqual([0.1, 2]);
    expect(smallValues(tensor(7, [], raw(BigInt64Array.of(5n))), 8)).toEqual([5]);
  });

  it('reads typed fields, one by one', () => {
    const ints = field((message) => {
      message.int(7, 3);
      message.int(7, -1);
    });
    expect(smallValues(tensor(7, [2], ints), 8)).toEqual([3, -1]);
    const floats = field((message) => message.float(4, 0.5));
    expect(smallValues(tensor(1, [], floats), 8)).toEqual([0.5]);
    const truth = field((message) => message.int(5, 1));
    expect(smallValues(tensor(9, [1], truth), 8)).toEqual([1]);
  });

  it('has nothing to say about others', () => {
    expect(smallValues(tensor(1, [9], raw(new Float32Array(9))), 8)).toBeUndefined();
    expect(smallValues(tensor(8, [1], {}), 8)).toBeUndefined();
    expect(smallValues(tensor(7, [2], {}), 8)).toBeUndefined();
    const externalData = { location: 'x', offset: 0 };
    expect(smallValues(tensor(7, [1], { externalData }), 8)).toBeUndefined();
  });
});

describe('halfToNumber', () => {
  it('knows all kinds of halves', () => {
    const bits = [0x0001, 0x0400, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x8000];
    const values = [2 ** -24, 2 ** -14, 1365 / 4096, 65504, Infinity, -Infinity, -0];
    expect(bits.map(halfToNumber)).toEqual(values);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });
});
