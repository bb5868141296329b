/**
 * The head of a `.npy` file, versions 1.0 to 3.0:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import type { NearfieldError } from '../../contract/index.ts';
import { isRecord } from '../documents.ts';
import type { Bytes } from './blocks.ts';
import type { ByteReader } from './byte-reader.ts';
import { MAX_DIMENSIONS } from './exported.ts';
import { badFile } from './vector-file.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Magic, major and minor version. */
const PRELUDE_BYTES = 8;
/** Longest dictionary that is read; numpy itself refuses more than 10,000 bytes. */
const MAX_HEAD_BYTES = 10_000;
/** Values begin at a multiple of this. */
const ALIGNMENT = 64;

export interface NpyShape {
  rows: number;
  dimensions: number;
}

export interface NpyHead extends NpyShape {
  /** float16 instead of float32. */
  half: boolean;
}

/** A head of version 1.0 for float32, rows one after another. */
export function npyHead({ rows, dimensions }: NpyShape): Bytes {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${dimensions}), }`;
  const begin = PRELUDE_BYTES + 2;
  const bytes = Math.ceil((begin + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const head = new Uint8Array(bytes).fill(0x20);
  head.set([...MAGIC, 1, 0]);
  new DataView(head.buffer).setUint16(PRELUDE_BYTES, bytes - begin, true);
  head.set(new TextEncoder().encode(dictionary), begin);
  head[bytes - 1] = 0x0a;
  return head;
}

/** Throws `bad-input` for another kind of file or array, `integrity` for a file that is cut off. */
export async function readNpyHead(bytes: ByteReader): Promise<NpyHead> {
  const prelude = await bytes.exactly(PRELUDE_BYTES, 'its beginning');
  if (!MAGIC.every((byte, i) => prelude[i] === byte)) {
    throw bad('"\\x93NUMPY" at its beginning', 'another kind of file');
  }
  const [major, minor] = prelude.subarray(6);
  if (minor !== 0 || major === undefined || major < 1 || major > 3) {
    throw bad('version 1.0, 2.0 or 3.0', `${major}.${minor}`);
  }
  const length = await bytes.exactly(major === 1 ? 2 : 4, 'the length of its head');
  const view = new DataView(length.buffer);
  const headBytes = major === 1 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (headBytes > MAX_HEAD_BYTES) {
    throw bad(`a head of ${MAX_HEAD_BYTES} bytes or fewer`, `${headBytes} bytes`);
  }
  return parsedHead(new TextDecoder().decode(await bytes.exactly(headBytes, 'its head')));
}

function parsedHead(text: string): NpyHead {
  const { descr, fortran_order: fortran, shape, ...others } = dictionaryOf(text);
  if (Object.keys(others).length > 0) throw bad('descr, fortran_order and shape alone', said(text));
  if (descr !== '<f4' && descr !== '<f2')
    throw bad('float32 or float16, little-endian', said(text));
  if (fortran !== false) throw bad('rows one after another (C order)', said(text));
  const [rows, dimensions, ...more] = Array.isArray(shape) ? (shape as readonly unknown[]) : [];
  if (!isCount(rows, 0) || !isCount(dimensions, 1) || more.length > 0) {
    throw bad('a shape of two whole numbers (rows, dimensions)', said(text));
  }
  if (dimensions > MAX_DIMENSIONS || !Number.isSafeInteger(rows * dimensions * 4)) {
    throw bad(`rows of up to ${MAX_DIMENSIONS} dimensions that a file can hold`, said(text));
  }
  return { rows, dimensions, half: descr === '<f2' };
}

/** A Python literal of strings, numbers, booleans, tuples and lists, read as JSON. */
function dictionaryOf(text: string): Readonly<Record<string, unknown>> {
  const json = text
    .replaceAll("'", '"')
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replaceAll(/\b(True|False)\b/g, (word) => word.toLowerCase())
    // Python 2 wrote long integers so.
    .replaceAll(/(?<=\d)L\b/g, '')
    .replaceAll(/,\s*(?=[\]}])/g, '');
  try {
    const value: unknown = JSON.parse(json);
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw bad('a dictionary in its head', said(text));
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function said(text: string): string {
  return JSON.stringify(text.trim().slice(0, 120));
}

function bad(expected: string, got: string): NearfieldError {
  const help = "Write it in numpy: np.save('vectors.npy', np.ascontiguousarray(x, dtype='<f4')).";
  return badFile('The .npy file', expected, got, help);
}
