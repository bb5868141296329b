/** Bytes of files, never more than was asked for. */

import { open, type FileHandle } from 'node:fs/promises';
import { throwIfAborted } from '../../contract/index.ts';
import { LeftOut } from '../page.ts';

const PIECE_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/** A whole file; throws `too-large`. */
export async function readWhole(file: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    return await allOf(handle, maxBytes);
  } finally {
    await handle.close();
  }
}

async function allOf(handle: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const { size } = await handle.stat();
  if (size > maxBytes) throw tooLarge(`${size} bytes`, maxBytes);
  // One more, to notice a file that grows.
  const bytes = new Uint8Array(Math.min(size, maxBytes) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
    length += bytesRead;
    if (bytesRead === 0) return bytes.subarray(0, length);
    if (length === bytes.length) throw new LeftOut('unreadable', 'It grew while it was read.');
  }
}

export interface Line {
  /** From 1. */
  number: number;
  /** Without its line feed; undefined for a line of more than `maxBytes`. */
  bytes: Uint8Array | undefined;
}

/** A file's lines, one at a time; those that are too long are passed over. Throws `aborted`. */
export async function* linesOf(
  file: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Line> {
  const handle = await open(file);
  try {
    yield* linesIn(handle, maxBytes, signal);
  } finally {
    await handle.close();
  }
}

async function* linesIn(
  handle: FileHandle,
  maxBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Line> {
  const line = new OpenLine(maxBytes);
  for (;;) {
    throwIfAborted(signal);
    const piece = new Uint8Array(PIECE_BYTES);
    const { bytesRead } = await handle.read(piece, 0, piece.length);
    if (bytesRead === 0) break;
    let start = 0;
    for (let end = 0; start < bytesRead; start = end + 1) {
      const feed = piece.subarray(0, bytesRead).indexOf(LINE_FEED, start);
      end = feed < 0 ? bytesRead : feed;
      line.add(piece.subarray(start, end));
      if (feed >= 0) yield line.take();
    }
  }
  yield line.take();
}

class OpenLine {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #number = 1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > this.#maxBytes) this.#parts = [];
    else this.#parts.push(part);
  }

  take(): Line {
    const isWhole = this.#length <= this.#maxBytes;
    const line = {
      number: this.#number++,
      bytes: isWhole ? Buffer.concat(this.#parts) : undefined,
    };
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}

export function tooLarge(got: string, maxBytes: number): LeftOut {
  return new LeftOut(
    'too-large',
    `Expected ${maxBytes} bytes or fewer, got ${got}. Raise maxBytes.`,
  );
}
