/** Checked protobuf reading: pbf itself walks past the end of a message without a word. */

import { PbfReader } from 'pbf';
import { NearfieldError } from '../contract/errors.ts';

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** Strict, so that a name is never changed by reading it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function badModel(message: string): NearfieldError {
  return new NearfieldError('bad-model', `Not a sound ONNX file: ${message}.`);
}

/**
 * Walks the fields of one message. What `handle` declines (by returning false) is handed back as
 * raw fields, tag included. Each message is read from a view of its own, so nothing inside it can
 * reach past its end.
 */
export function readFields(
  message: Uint8Array,
  handle: (field: number, reader: PbfReader) => boolean,
): Uint8Array[] {
  const reader = new PbfReader(message);
  const rest: Uint8Array[] = [];
  while (reader.pos < message.length) {
    const start = reader.pos;
    const field = reader.nextField();
    if (field === 0) throw badModel('a field has number 0');
    if (!handle(field, reader)) {
      reader.skip(reader.type);
      rest.push(message.subarray(start, reader.pos));
    }
    if (reader.pos > message.length) throw badModel('a field reaches past the end');
  }
  return rest;
}

export function readBytes(reader: PbfReader): Uint8Array {
  expectType(reader, BYTES);
  const length = reader.readVarint();
  const left = reader.length - reader.pos;
  if (length > left) throw badModel(`a field of ${length} bytes where ${left} are left`);
  const start = reader.pos;
  reader.pos += length;
  return reader.buf.subarray(start, reader.pos);
}

export function readString(reader: PbfReader): string {
  return utf8.decode(readBytes(reader));
}

export function readFloat(reader: PbfReader): number {
  expectType(reader, FIXED32);
  return reader.readFloat();
}

export function readInt64(reader: PbfReader): bigint {
  expectType(reader, VARINT);
  return readVarint64(reader);
}

/** An int64 that must be a plain count or code. */
export function readCount(reader: PbfReader): number {
  return toCount(readInt64(reader));
}

/** Repeated numbers come one by one or packed; ONNX files hold both. */
export function readInts(reader: PbfReader, into: bigint[]): void {
  if (reader.type === BYTES) {
    const packed = new PbfReader(readBytes(reader));
    while (packed.pos < packed.length) into.push(readVarint64(packed));
  } else {
    into.push(readInt64(reader));
  }
}

export function readCounts(reader: PbfReader, into: number[]): void {
  const values: bigint[] = [];
  readInts(reader, values);
  for (const value of values) into.push(toCount(value));
}

export function readFloats(reader: PbfReader, into: number[]): void {
  if (reader.type === BYTES) {
    const packed = new PbfReader(readBytes(reader));
    while (packed.pos < packed.length) into.push(packed.readFloat());
  } else {
    into.push(readFloat(reader));
  }
}

function expectType(reader: PbfReader, type: number): void {
  if (reader.type !== type) throw badModel(`wire type ${reader.type} where ${type} belongs`);
}

function toCount(value: bigint): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw badModel(`${value} is no count`);
  }
  return Number(value);
}

/** pbf's own varint is a number, exact to 53 bits only. */
function readVarint64(reader: PbfReader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.buf[reader.pos++];
    if (byte === undefined) throw badModel('it ends inside a number');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw badModel('a number is longer than 10 bytes');
}
