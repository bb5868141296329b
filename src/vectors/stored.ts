/**
 * An index as bytes, little-endian. A head of HEAD_BYTES:
 *
 * | byte | uint32                                                  |
 * | ---- | ------------------------------------------------------- |
 * | 0    | magic, 'NFVX'                                           |
 * | 4    | version, 1                                              |
 * | 8    | dimensions                                              |
 * | 12   | metric, 1: dot product                                  |
 * | 16   | quantiser, 1: sign bits and int8, centred and rotated   |
 * | 20   | seed of the rotation                                    |
 * | 24   | rows                                                    |
 * | 28   | live rows                                               |
 * | 32   | rows of a segment, 1024                                 |
 * | 36   | frames                                                  |
 * | 40   | checksum of the head (with 0 here) and the frames       |
 * | 44   | 0                                                       |
 *
 * then each frame (start and counted rows as uint32; radius, meanRadius, meanBias and worstError as float32; the
 * mean, float32 [dimensions]); then each segment (sign bits, int8 and factors of its rows, the 128 bytes
 * of `alive`, and a checksum of these). Checksums are XXH32 part by part, the seed of each the checksum of
 * what is before it, 0 at first.
 */

import { NearfieldError } from '../contract/index.ts';
import { FACTOR_BYTES, MAX_WIDTH, paddedWidth, SEGMENT_ROWS } from '../kernels/index.ts';
import { popcount } from './bitmap.ts';
import { assertFactors, codeParts, codesChecksum, damaged } from './codes.ts';
import { MAX_FRAMES, type Frame, type Sums } from './frames.ts';
import type { Space } from './space.ts';

const MAGIC = 0x5856464e;
const VERSION = 1;
const DOT_PRODUCT = 1;
const BITS_AND_BYTES = 1;

const HEAD_BYTES = 48;
const FRAME_BYTES = 24;
const CHECKSUM_AT = 40;
const ALIVE_BYTES = SEGMENT_ROWS / 8;

export interface Header {
  dimensions: number;
  seed: number;
  rows: number;
  live: number;
  frames: Frame[];
  /** Not among the bytes. */
  sums?: Sums;
}

function rowsOfSegment(rows: number, first: number): number {
  return Math.min(SEGMENT_ROWS, rows - first);
}

export function* writeBlocks(space: Space, header: Header): Generator<Uint8Array<ArrayBuffer>> {
  yield headBlock(space, header);
  for (let first = 0; first < header.rows; first += SEGMENT_ROWS) {
    const end = first + rowsOfSegment(header.rows, first);
    const parts = partsOf(space, first, end);
    const block = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 4));
    let to = 0;
    for (const part of parts) {
      block.set(part, to);
      to += part.length;
    }
    new DataView(block.buffer).setUint32(to, checksumOf(space, first, end), true);
    yield block;
  }
}

/** What is stored of the rows `first` up to `end` of a segment, as views. */
function partsOf(space: Space, first: number, end: number): Uint8Array[] {
  const alive = space.segmentAt(first) + space.layout.alive;
  const codes = [...codeParts(space, first, end)].map(({ bytes }) => bytes);
  return [...codes, space.bytes.subarray(alive, alive + ALIVE_BYTES)];
}

function headBlock(space: Space, header: Header): Uint8Array<ArrayBuffer> {
  const { dimensions, seed, rows, live, frames } = header;
  const frameWords = FRAME_BYTES / 4 + dimensions;
  const words = new Uint32Array(HEAD_BYTES / 4 + frames.length * frameWords);
  words.set([MAGIC, VERSION, dimensions, DOT_PRODUCT, BITS_AND_BYTES, seed, rows, live]);
  words.set([SEGMENT_ROWS, frames.length], 8);
  const floats = new Float32Array(words.buffer);
  for (const [i, frame] of frames.entries()) {
    const at = HEAD_BYTES / 4 + i * frameWords;
    words.set([frame.start, frame.counted], at);
    floats.set([frame.radius, frame.meanRadius, frame.meanBias, frame.worstError], at + 2);
    floats.set(frame.mean, at + FRAME_BYTES / 4);
  }
  const bytes = new Uint8Array(words.buffer);
  words[CHECKSUM_AT / 4] = headChecksum(space, bytes, FRAME_BYTES + 4 * dimensions);
  return bytes;
}

/** The head with 0 for its checksum, then frame by frame, through the scratch of the space. */
function headChecksum({ kernels, bytes, at }: Space, block: Uint8Array, frame: number): number {
  let hash = 0;
  for (let start = 0; start < block.length; start += start === 0 ? HEAD_BYTES : frame) {
    const part = block.slice(start, start + (start === 0 ? HEAD_BYTES : frame));
    if (start === 0) part.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
    // The rows' scratch: 16 rows are longer than a head, and than a mean with what is before it.
    bytes.set(part, at.x);
    hash = kernels.checksum(at.x, part.length, hash);
  }
  return hash >>> 0;
}

function checksumOf(space: Space, first: number, end: number): number {
  const alive = space.segmentAt(first) + space.layout.alive;
  return space.kernels.checksum(alive, ALIVE_BYTES, codesChecksum(space, first, end)) >>> 0;
}

/** Reads an index into the space that `make` gives for its head. */
export function readIndex<T>(
  bytes: Uint8Array,
  make: (header: Header) => { index: T; space: Space },
): T {
  const header = readHead(bytes);
  const { index, space } = make(header);
  const frameBytes = FRAME_BYTES + 4 * header.dimensions;
  const headBytes = HEAD_BYTES + header.frames.length * frameBytes;
  const stored = wordsOf(bytes)[CHECKSUM_AT / 4];
  if (headChecksum(space, bytes.subarray(0, headBytes), frameBytes) !== stored) {
    throw damaged('the checksum of its head is another');
  }
  readSegments(space, header, bytes.subarray(headBytes));
  return index;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice(0, HEAD_BYTES).buffer);
}

function readHead(bytes: Uint8Array): Header {
  if (bytes.length < HEAD_BYTES) throw damaged(`it has ${bytes.length} bytes, less than a head`);
  const words = wordsOf(bytes);
  const [magic, version, dimensions = 0, metric, quantiser, seed = 0, rows = 0, live = 0] = words;
  const [segmentRows, frameCount = 0] = words.subarray(8);
  if (magic !== MAGIC) throw damaged('it does not begin with NFVX');
  assertKnown('version', version, VERSION);
  if (dimensions < 1 || dimensions > MAX_WIDTH) throw damaged(`its dimensions are ${dimensions}`);
  assertKnown('metric', metric, DOT_PRODUCT);
  assertKnown('quantiser', quantiser, BITS_AND_BYTES);
  assertKnown('number of rows in a segment', segmentRows, SEGMENT_ROWS);
  if (live > rows) throw damaged(`${live} of its ${rows} rows are live`);
  if (frameCount < 1 || frameCount > MAX_FRAMES) throw damaged(`it has ${frameCount} frames`);
  assertSize(bytes.length, dimensions, rows, frameCount);
  const frames = readFrames(bytes, dimensions, frameCount);
  assertFrames(frames, rows);
  return { dimensions, seed, rows, live, frames };
}

function assertKnown(name: string, got: number | undefined, known: number): void {
  if (got === known) return;
  const message = `Vector index: its ${name} is ${got}, this Nearfield reads ${known}. Build it anew.`;
  throw new NearfieldError('incompatible-index', message);
}

function assertSize(got: number, dimensions: number, rows: number, frames: number): void {
  const width = paddedWidth(dimensions);
  const perRow = width / 8 + width + FACTOR_BYTES;
  const segments = Math.ceil(rows / SEGMENT_ROWS);
  const head = HEAD_BYTES + frames * (FRAME_BYTES + 4 * dimensions);
  const wanted = head + rows * perRow + segments * (ALIVE_BYTES + 4);
  if (got !== wanted) throw damaged(`it has ${got} bytes, and should have ${wanted}`);
}

function readFrames(bytes: Uint8Array, dimensions: number, count: number): Frame[] {
  const size = FRAME_BYTES + 4 * dimensions;
  return Array.from({ length: count }, (_, i) => {
    const { buffer } = bytes.slice(HEAD_BYTES + i * size, HEAD_BYTES + (i + 1) * size);
    const [start = 0, counted = 0] = new Uint32Array(buffer);
    const [, , radius = 0, meanRadius = 0, meanBias = 0, worstError = 0] = new Float32Array(buffer);
    const mean = new Float32Array(buffer, FRAME_BYTES);
    return { start, counted, radius, meanRadius, meanBias, worstError, mean };
  });
}

export function assertFrames(frames: readonly Frame[], rows: number): void {
  for (const [i, frame] of frames.entries()) {
    const { start, radius, meanRadius, meanBias, worstError, mean } = frame;
    const before = frames[i - 1]?.start ?? -1;
    if (start <= before || start > rows || (i === 0 && start !== 0)) {
      throw damaged(`frame ${i} starts at row ${start}`);
    }
    const lengths = [radius, meanRadius, worstError];
    if (![...lengths, meanBias, ...mean].every(Number.isFinite) || Math.min(...lengths) < 0) {
      throw damaged(`frame ${i} has no sound numbers`);
    }
  }
}

export function assertSums(
  { window, windowRows, total, totalRows }: Sums,
  dimensions: number,
): void {
  const counts = [windowRows, totalRows];
  const isCounted = counts.every((count) => Number.isSafeInteger(count) && count >= 0);
  const isSum = (sum: Float64Array): boolean =>
    sum.length === dimensions && sum.every(Number.isFinite);
  if (!isCounted || !isSum(window) || !isSum(total)) throw damaged('its sums are none');
}

function readSegments(space: Space, { rows, live }: Header, bytes: Uint8Array): void {
  space.reserve(rows);
  let from = 0;
  let found = 0;
  for (let first = 0; first < rows; first += SEGMENT_ROWS) {
    const count = rowsOfSegment(rows, first);
    for (const part of partsOf(space, first, first + count)) {
      part.set(bytes.subarray(from, from + part.length));
      from += part.length;
    }
    const stored = new Uint32Array(bytes.slice(from, from + 4).buffer)[0];
    from += 4;
    if (checksumOf(space, first, first + count) !== stored) {
      throw damaged(`the checksum of rows ${first} to ${first + count - 1} is another`);
    }
    assertFactors(space, first, first + count);
    found += countAlive(space, first, count);
  }
  if (found !== live) throw damaged(`${found} rows are marked as live, its head says ${live}`);
}

/** Rows of a segment that are alive; none may be past its last. */
function countAlive(space: Space, first: number, count: number): number {
  const at = (space.segmentAt(first) + space.layout.alive) / 4;
  let alive = 0;
  for (let i = 0; i < ALIVE_BYTES / 4; i++) {
    const word = space.words[at + i]!;
    const room = count - 32 * i;
    const past = room >= 32 ? 0 : room <= 0 ? word : word >>> room;
    if (past !== 0) throw damaged('a row past its last is marked as live');
    alive += popcount(word);
  }
  return alive;
}
