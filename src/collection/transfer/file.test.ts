import fc from 'fast-check';
import { createXXHash64 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../../contract/index.ts';
import { BlockWriter } from './block-writer.ts';
import type { Block } from './blocks.ts';
import { exportStream, importStream, type ExportedDocument, type ExportHead } from './index.ts';
import {
  all,
  bytesOf,
  chunking,
  damagedFrom,
  each,
  exported,
  exports,
  HEAD,
  streamIn,
} from './samples.ts';

const NO_DATA = new Uint8Array();

function fileOf(documents: readonly ExportedDocument[], head: ExportHead = HEAD) {
  return bytesOf(exportStream(head, each(documents)));
}

/** What is read before the file ends or fails, and the failure. */
async function read(bytes: Uint8Array, lengths?: readonly number[]) {
  const documents: ExportedDocument[] = [];
  try {
    const file = await importStream(streamIn(bytes, lengths));
    for await (const batch of file.batches) documents.push(...batch);
    return { head: file.head, documents };
  } catch (error) {
    return { documents, error };
  }
}

function small(count: number): ExportedDocument[] {
  return Array.from({ length: count }, (_, i) =>
    exported({ id: `d${i}`, text: `text ${i}` }, { cuts: [0.5], seed: i, dimensions: 3 }),
  );
}

/** A file with right checksums, whatever its blocks hold. */
async function crafted(...blocks: Block[]): Promise<Uint8Array> {
  const writer = await BlockWriter.begin();
  const parts = [writer.prelude, ...blocks.map((block) => writer.write(block))];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const head: Block = { type: 'HEAD', json: HEAD, data: NO_DATA };
const done = (documents: number, passages: number): Block => ({
  type: 'DONE',
  json: { documents, passages },
  data: NO_DATA,
});
const docs = (json: unknown, ...rows: number[]): Block => ({
  type: 'DOCS',
  json,
  data: new Uint8Array(Float32Array.from(rows).buffer),
});

describe('a .nearfield file', () => {
  it('gives back what was exported, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(exports(3), chunking, async (documents, lengths) => {
        const { error, ...got } = await read(await fileOf(documents), lengths);
        expect(error).toBeUndefined();
        expect(got).toEqual({ head: HEAD, documents });
      }),
      { numRuns: 200 },
    );
  });

  it('keeps documents over many blocks, and rows that can be transferred one by one', async () => {
    const documents = small(1000);
    const { batches } = await importStream(streamIn(await fileOf(documents), [1000]));
    const got = await all(batches);
    expect(got.map((batch) => batch.length)).toEqual([256, 256, 256, 232]);
    expect(got.flat()).toEqual(documents);
    for (const { vectors } of got.flat()) expect(vectors.buffer.byteLength).toBe(24);
  });

  it('leaves out a pooling that was not noted', async () => {
    const unnoted = { ...HEAD };
    delete unnoted.pooling;
    expect((await read(await fileOf([], unnoted))).head).toStrictEqual(unnoted);
  });

  it('lies as docs/collection-file.md says', async () => {
    const bytes = await fileOf(small(2));
    const view = new DataView(bytes.buffer);
    const latin1 = (at: number, end: number) => String.fromCharCode(...bytes.subarray(at, end));
    expect(latin1(0, 4)).toBe('NFCX');
    expect(view.getUint32(4, true)).toBe(1);
    const hasher = await createXXHash64();
    let before = bytes.subarray(0, 8);
    const blocks = [];
    for (let at = 8; at < bytes.length;) {
      const json = at + 12;
      const data = json + view.getUint32(at + 4, true);
      const end = data + view.getUint32(at + 8, true);
      const stored = bytes.subarray(end, end + 8);
      const hash = hasher.init().update(before).update(bytes.subarray(at, end)).digest('binary');
      expect(stored).toEqual(hash);
      before = stored;
      const rows = Array.from({ length: (end - data) / 4 }, (_, i) =>
        view.getFloat32(data + 4 * i, true),
      );
      blocks.push([latin1(at, at + 4), JSON.parse(latin1(json, data)) as unknown, rows]);
      at = end + 8;
    }
    const records = [
      { id: 'd0', text: 'text 0', spans: [0, 3, 3, 6] },
      { id: 'd1', text: 'text 1', spans: [0, 3, 3, 6] },
    ];
    const rows = small(2).flatMap(({ vectors }) => [...vectors]);
    expect(blocks).toEqual([
      ['HEAD', HEAD, []],
      ['DOCS', records, rows],
      ['DONE', { documents: 2, passages: 4 }, []],
    ]);
  });

  it('writes dates so that they come back, and reads no other object in metadata', async () => {
    const document = { id: 'a', text: 'a', metadata: { at: new Date(0), date: 'x' } };
    const one = exported(document, { cuts: [], seed: 1, dimensions: 3 });
    const bytes = await fileOf([one]);
    expect(new TextDecoder().decode(bytes)).toContain('{"at":{"date":"1970-01-01T00:00:00.000Z"}');
    expect((await read(bytes)).documents).toEqual([one]);
    for (const at of [{ date: 'never' }, { date: 1 }, { date: '1970-01-01', more: 1 }, {}]) {
      const record = { id: 'a', text: 'a', metadata: { at }, spans: [0, 1] };
      const { error } = await read(await crafted(head, docs([record], 1, 0, 0), done(1, 1)));
      expect(error).toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching('metadata.at') as string,
      });
    }
  });
});

describe('a damaged .nearfield file', () => {
  const documents = small(300);

  it('is refused when it is cut off anywhere, after what was whole', async () => {
    const bytes = await fileOf(small(3));
    for (let length = 0; length < bytes.length; length++) {
      const { documents: got, error } = await read(bytes.subarray(0, length));
      expect(error).toMatchObject({ code: 'integrity' });
      expect(small(3).slice(0, got.length)).toEqual(got);
    }
  });

  it('is refused whichever bit is wrong, and gives nothing of that block', async () => {
    const bytes = await fileOf(small(2));
    const endOfDocuments = bytes.length - 12 - '{"documents":2,"passages":4}'.length - 8;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const bent = bytes.slice();
      bent[bit >> 3]! ^= 1 << (bit & 7);
      const { documents: got, error } = await read(bent);
      const codes = bit < 32 ? 'bad-input' : bit < 64 ? 'incompatible-index' : 'integrity';
      expect(error, `bit ${bit}`).toMatchObject({ code: codes });
      expect(got.length, `bit ${bit}`).toBe(bit >> 3 < endOfDocuments ? 0 : 2);
    }
  });

  it('is refused with any mixture of faults, and gives nothing that is wrong', async () => {
    const bytes = await fileOf(documents);
    await fc.assert(
      fc.asyncProperty(damagedFrom(bytes), async (bent) => {
        const { documents: got, error } = await read(bent);
        // Faults may undo each other.
        if (Buffer.compare(bent, bytes) !== 0) expect(error).toBeInstanceOf(NearfieldError);
        expect(documents.slice(0, got.length)).toEqual(got);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when blocks are left out, repeated or exchanged', async () => {
    const [first, second] = [docs([]), docs([{ id: 'a', text: 'a', spans: [0, 1] }], 1, 0, 0)];
    const bytes = await crafted(head, first, second, done(1, 1));
    const borders = [8];
    const view = new DataView(bytes.buffer);
    for (let at = 8; at < bytes.length; borders.push(at)) {
      at += 20 + view.getUint32(at + 4, true) + view.getUint32(at + 8, true);
    }
    const [a, b, c, d] = borders.slice(1).map((end, i) => [...bytes.subarray(borders[i], end)]);
    for (const order of [
      [a, c, b, d],
      [a, b, d],
      [a, d],
      [a, b, b, c, d],
      [b, c, d],
      [a, b, c, c, d],
    ]) {
      const { error } = await read(
        Uint8Array.from([...bytes.subarray(0, 8), ...order.flat()] as number[]),
      );
      expect(error).toMatchObject({ code: 'integrity' });
    }
    expect((await read(bytes)).documents).toHaveLength(1);
  });

  it('is refused by its lengths before anything of them is read', async () => {
    const bytes = await fileOf(small(1));
    for (const [at, length] of [
      [12, 64 * 1024 + 1],
      [12, 2 ** 32 - 1],
      [16, 1],
      [16, 2 ** 32 - 1],
    ] as const) {
      const bent = bytes.slice();
      new DataView(bent.buffer).setUint32(at, length, true);
      let given = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(given++ === 0 ? bent : new Uint8Array(1000));
        },
      });
      await expect(importStream(endless)).rejects.toMatchObject({ code: 'integrity' });
      expect(given).toBeLessThan(5);
    }
  });

  it('is refused when more follows, when counts are wrong, or its head comes twice or late', async () => {
    const document = docs([{ id: 'a', text: 'a', spans: [0, 1] }], 1, 0, 0);
    const more = Uint8Array.from([...(await crafted(head, done(0, 0))), 0]);
    const files = [
      more,
      await crafted(head, document, done(2, 1)),
      await crafted(head, document, done(1, 2)),
      await crafted(head, { ...done(0, 0), json: null }),
      await crafted(head, head, done(0, 0)),
      await crafted(document, head, done(1, 1)),
    ];
    for (const file of files) {
      expect((await read(file)).error).toMatchObject({ code: 'integrity' });
    }
  });
});

describe('content that must not be in a collection', () => {
  const good = { id: 'a', text: 'abc', spans: [0, 1, 2, 3] };
  const rows = [1, 0, 0, 0, 1, 0];
  const wrong: [string, Block][] = [
    ['no list', docs({}, ...rows)],
    ['no document', docs([1], ...rows)],
    ['no text', docs([{ ...good, text: undefined }], ...rows)],
    ['blank text', docs([{ ...good, text: '   ' }], ...rows)],
    [
      'an id twice',
      docs(
        [
          { ...good, spans: [0, 1] },
          { ...good, spans: [0, 1] },
        ],
        ...rows,
      ),
    ],
    ['no spans', docs([{ ...good, spans: undefined }])],
    ['empty spans', docs([{ ...good, spans: [] }])],
    ['an odd span', docs([{ ...good, spans: [0, 1, 2] }], ...rows)],
    ['a span of strings', docs([{ ...good, spans: ['0', '1'] }], 1, 0, 0)],
    ['a span past 32 bits', docs([{ ...good, spans: [0, 2 ** 32 + 1] }], 1, 0, 0)],
    ['a broken span', docs([{ ...good, spans: [0, 1.5] }], 1, 0, 0)],
    ['a negative span', docs([{ ...good, spans: [-1, 1] }], 1, 0, 0)],
    ['an empty passage', docs([{ ...good, spans: [0, 1, 1, 1] }], ...rows)],
    ['falling spans', docs([{ ...good, spans: [2, 3, 0, 1] }], ...rows)],
    ['overlapping spans', docs([{ ...good, spans: [0, 2, 1, 3] }], ...rows)],
    ['a span past the text', docs([{ ...good, spans: [0, 1, 2, 4] }], ...rows)],
    ['a row too few', docs([good], 1, 0, 0)],
    ['a row too many', docs([good], ...rows, 0, 0, 1)],
    ['part of a row', docs([good], ...rows, 1)],
    ['a row that is not finite', docs([good], 1, 0, 0, Number.NaN, 0, 0)],
    ['a row of zeros', docs([good], 1, 0, 0, 0, 0, 0)],
    ['a row of another length', docs([good], 1, 0, 0, 2, 0, 0)],
    ['deep nesting', docs([{ ...good, metadata: { a: [[[[[[[]]]]]]] } }], ...rows)],
  ];

  it.each(wrong)('is refused: %s', async (_, block) => {
    const { documents, error } = await read(await crafted(head, block, done(1, 2)));
    expect(error).toMatchObject({ code: 'bad-input' });
    expect(documents).toEqual([]);
  });

  it.each([
    ['dimensions', 0],
    ['dimensions', 65_537],
    ['dimensions', '3'],
    ['pooling', 'max'],
    ['dtypes', ['fp64']],
    ['dtypes', 'q4'],
    ['passageCharacters', 31],
    ['documents', -1],
    ['passages', 1.5],
    ['model', undefined],
    ['name', 7],
  ])('is refused in the head: %s %j', async (field, value) => {
    const json: object = { ...HEAD, [field]: value };
    const message: unknown = expect.stringMatching(field);
    const { error } = await read(await crafted({ ...head, json }, done(0, 0)));
    expect(error).toMatchObject({ code: 'bad-input', message });
    expect(() => exportStream(json as ExportHead, each([]))).toThrow(NearfieldError);
  });

  it('is not JSON, or not UTF-8', async () => {
    const bytes = await crafted(head);
    const hasher = await createXXHash64();
    for (const byte of [0x21, 0xff]) {
      const bent = bytes.slice();
      bent[20] = byte;
      const end = bent.length - 8;
      bent.set(
        hasher.init().update(bent.subarray(0, 8)).update(bent.subarray(8, end)).digest('binary'),
        end,
      );
      expect((await read(bent)).error).toMatchObject({ code: 'bad-input' });
    }
  });

  it('is refused on the way out, too, after what was right', async () => {
    const [one, two] = small(2) as [ExportedDocument, ExportedDocument];
    const faults = [
      { ...two, document: { id: '', text: 'a' } },
      { ...two, spans: Uint32Array.of(0, 100) },
      { ...two, vectors: new Float32Array(6) },
      { ...two, vectors: two.vectors.slice(0, 3) },
      { ...two, document: one.document },
    ];
    for (const fault of faults) {
      await expect(bytesOf(exportStream(HEAD, each([one, fault])))).rejects.toMatchObject({
        code: 'bad-input',
      });
    }
  });

  it('names a document by its place in the whole file', async () => {
    const documents = small(400);
    documents[300]!.vectors[0] = 5;
    const message: unknown = expect.stringMatching(/^Document 300 \("d300"\): row 0 must be/);
    await expect(fileOf(documents)).rejects.toMatchObject({
      code: 'bad-input',
      index: 300,
      message,
    });
  });

  it('is too much for a block', async () => {
    const [one] = small(1) as [ExportedDocument];
    const text = 'x'.repeat(64 * 1024 * 1024);
    const long = { ...one, document: { id: 'a', text } };
    await expect(fileOf([long])).rejects.toMatchObject({ code: 'bad-input' });
    await expect(fileOf([], { ...HEAD, name: text })).rejects.toMatchObject({ code: 'bad-input' });
  });
});
