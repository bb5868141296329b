/** For the tests here: documents as fast-check makes them, streams cut anywhere, faults. */

import fc from 'fast-check';
import type { DocumentInput } from '../../contract/index.ts';
import type { ExportedDocument } from './exported.ts';
import type { ExportHead } from './head.ts';

export const HEAD: ExportHead = {
  name: 'notes',
  model: 'tiny',
  revision: '1',
  pooling: 'mean',
  dimensions: 3,
  dtypes: ['q4', 'fp16'],
  passageCharacters: 1200,
  documents: 0,
  passages: 0,
};

/** Any UTF-16 units, halves of surrogate pairs too. */
const anyText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 30 })
  .map((units) => String.fromCharCode(...units));
const text = fc.oneof(anyText, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }));

const metadata = fc.dictionary(
  fc.string(),
  fc.oneof(
    fc.string(),
    // JSON has no negative zero.
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true }),
    fc.array(fc.string()),
  ),
);

export const documentInput: fc.Arbitrary<DocumentInput> = fc.record(
  {
    id: fc.string({ minLength: 1 }),
    text: text.filter((value) => value.trim() !== ''),
    title: fc.string(),
    url: fc.webUrl(),
    metadata,
  },
  { requiredKeys: ['id', 'text'] },
);

/** Rows of norm 1, none of them like its neighbours. */
export function unitRows(
  rows: number,
  dimensions: number,
  seed: number,
): Float32Array<ArrayBuffer> {
  const values = Float32Array.from({ length: rows * dimensions }, (_, i) =>
    Math.sin(1 + seed + i * 1.7),
  );
  for (let row = 0; row < rows; row++) {
    const part = values.subarray(row * dimensions, (row + 1) * dimensions);
    const norm = Math.hypot(...part);
    part.forEach((value, i) => (part[i] = value / norm));
  }
  return values;
}

/** A document with a passage at each of the cuts, shares of the text's length. */
export function exported(
  document: DocumentInput,
  { cuts, seed, dimensions }: { cuts: readonly number[]; seed: number; dimensions: number },
): ExportedDocument {
  const { length } = document.text;
  const places = new Set([0, ...cuts.map((cut) => Math.floor(cut * length)), length]);
  const borders = [...places].sort((a, b) => a - b);
  const spans = borders.slice(1).flatMap((end, i) => [borders[i]!, end]);
  const vectors = unitRows(spans.length / 2, dimensions, seed);
  return { document, spans: Uint32Array.from(spans), vectors };
}

export function exports(dimensions: number): fc.Arbitrary<ExportedDocument[]> {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const cuts = fc.array(share, { maxLength: 3 });
  const one = fc
    .record({ document: documentInput, cuts, seed: fc.nat(1000) })
    .map(({ document, ...rest }) => exported(document, { ...rest, dimensions }));
  return fc.uniqueArray(one, { maxLength: 8, selector: ({ document }) => document.id });
}

/** Lengths of chunks, used over and over; a chunk may be empty. */
export const chunking = fc
  .array(fc.nat(40), { minLength: 1, maxLength: 6 })
  .filter((lengths) => lengths.some((length) => length > 0));

export function streamIn(
  bytes: Uint8Array,
  lengths: readonly number[] = [Math.max(1, bytes.length)],
): ReadableStream<Uint8Array> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const length = lengths[turn++ % lengths.length]!;
      controller.enqueue(bytes.slice(at, at + length));
      at += length;
    },
  });
}

export async function bytesOf(
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(
    await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
  );
}

export async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

/** Bytes with a few of them flipped, put in, taken out, or the end cut off. */
export function damagedFrom(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(Math.max(0, bytes.length - 1));
  const flip = fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, mask]) => {
    return (list: number[]) => (list[at] = (list[at] ?? 0) ^ mask);
  });
  const put = fc.tuple(place, fc.nat(255)).map(([at, byte]) => {
    return (list: number[]) => list.splice(at, 0, byte);
  });
  const take = fc.tuple(place, fc.nat(9)).map(([at, count]) => {
    return (list: number[]) => list.splice(at, count);
  });
  const cut = place.map((at) => (list: number[]) => list.splice(at));
  return fc.array(fc.oneof(flip, put, take, cut), { minLength: 1, maxLength: 3 }).map((faults) => {
    const list = [...bytes];
    for (const fault of faults) fault(list);
    return Uint8Array.from(list);
  });
}
