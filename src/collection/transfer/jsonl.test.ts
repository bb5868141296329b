import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../../contract/index.ts';
import type { ExportedDocument } from './exported.ts';
import {
  documentLines,
  fvecsStream,
  npyStream,
  paired,
  passageLines,
  readDocuments,
  readFvecs,
  readNpy,
  rowsOf,
} from './index.ts';
import {
  all,
  bytesOf,
  chunking,
  damagedFrom,
  documentInput,
  each,
  exported,
  exports,
  streamIn,
} from './samples.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const code = (name: string): unknown => expect.objectContaining({ code: name });

describe('JSONL', () => {
  const read = (bytes: Uint8Array, lengths?: readonly number[]) =>
    all(readDocuments(streamIn(bytes, lengths)).batches);

  it('gives back documents, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(documentInput), chunking, async (documents, lengths) => {
        const bytes = await bytesOf(documentLines(each(documents)));
        expect(await read(bytes, lengths)).toEqual(documents);
      }),
      { numRuns: 200 },
    );
  });

  it('may have a byte order mark, CRLF, blank lines and no end of the last line', async () => {
    const [a, b] = [
      { id: 'a', text: 'grün 🌿' },
      { id: 'b', text: 'b', metadata: { tags: ['x'] } },
    ];
    const text = `\uFEFF${JSON.stringify(a)}\r\n\r\n  \n${JSON.stringify({ ...b, more: 1 })}`;
    for (const length of [1, 2, 5, 1000]) expect(await read(utf8(text), [length])).toEqual([a, b]);
    expect(await read(utf8('\n\r\n'))).toEqual([]);
    expect(await read(new Uint8Array())).toEqual([]);
  });

  it.each([
    ['{"id":"a"', 'one JSON object'],
    ['[]', 'must be an object'],
    ['{"id":"a","text":" "}', 'text is blank'],
    ['{"id":1,"text":"a"}', 'id must be'],
    ['{"id":"a","text":"a","metadata":{"a":{"b":1}}}', 'metadata.a must be'],
    ['['.repeat(1_000_000), 'nested deeper'],
    [`{"id":"a","text":"a","metadata":${'{"a":'.repeat(9)}1${'}'.repeat(9)}}`, 'nested deeper'],
  ])('is refused with the number of the line: %.60s', async (line, message) => {
    const reading = read(utf8(`{"id":"x","text":"x"}\n\n${line}\n{"id":"y","text":"y"}`));
    await expect(reading).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(`^Line 3 of the JSONL file.*${message}`) as string,
    });
  });

  it('takes brackets in texts for text', async () => {
    const document = { id: 'a', text: `${'['.repeat(50)}"\\"${'{'.repeat(50)}\\` };
    expect(await read(await bytesOf(documentLines(each([document]))))).toEqual([document]);
  });

  it('is refused when it is not UTF-8, or a line is endless', async () => {
    const broken = Uint8Array.from([
      ...utf8('{"id":"x","text":"x"}\n{"id":"'),
      0xff,
      ...utf8('","text":"x"}'),
    ]);
    const cut = utf8('{"id":"x","text":"grün"}').subarray(0, 20);
    for (const bytes of [broken, cut]) await expect(read(bytes)).rejects.toThrow(code('bad-input'));
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        given++;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(0x20));
      },
    });
    await expect(all(readDocuments(endless).batches)).rejects.toThrow(code('bad-input'));
    expect(given).toBeLessThan(70);
  });

  it('is not written with a line that is too long to be read', async () => {
    const document = { id: 'a', text: 'x'.repeat(64 * 1024 * 1024) };
    await expect(bytesOf(documentLines(each([document])))).rejects.toThrow(code('bad-input'));
  });

  it('gives documents or an error whatever is wrong in it', async () => {
    const documents = Array.from({ length: 4 }, (_, i) => ({
      id: `d${i}`,
      text: 'ä\n"',
      title: 't',
    }));
    const bytes = await bytesOf(documentLines(each(documents)));
    await fc.assert(
      fc.asyncProperty(damagedFrom(bytes), chunking, async (bent, lengths) => {
        try {
          for (const { id, text } of await read(bent, lengths)) {
            expect([id !== '', text.trim() !== '']).toEqual([true, true]);
          }
        } catch (error) {
          if (!(error instanceof NearfieldError)) throw error;
          expect(error.code).toBe('bad-input');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('vectors beside lines', () => {
  it('has line n for row n', async () => {
    await fc.assert(
      fc.asyncProperty(exports(4), async (documents) => {
        const lines = new TextDecoder().decode(await bytesOf(passageLines(each(documents))));
        const rows = documents.reduce((sum, { spans }) => sum + spans.length / 2, 0);
        const npy = await bytesOf(npyStream({ rows, dimensions: 4 }, rowsOf(each(documents))));
        const batches = await all((await readNpy(streamIn(npy))).batches);
        const vectors = batches.flatMap((batch) => [...batch]);
        let row = 0;
        for (const line of lines.split('\n').slice(0, -1)) {
          const { id, text, passage } = JSON.parse(line) as {
            id: string;
            text?: string;
            passage: { start: number; end: number; text: string };
          };
          const {
            document,
            spans,
            vectors: own,
          } = documents.find((one) => one.document.id === id)!;
          const i = spans.findIndex((start, at) => at % 2 === 0 && start === passage.start) / 2;
          expect(text).toBeUndefined();
          expect(passage.end).toBe(spans[2 * i + 1]);
          expect(passage.text).toBe(document.text.slice(passage.start, passage.end));
          expect(vectors.slice(4 * row, 4 * row + 4)).toEqual([...own.subarray(4 * i, 4 * i + 4)]);
          row++;
        }
        expect(row).toBe(rows);
      }),
    );
  });

  it('is not taken for documents', async () => {
    const one = exported({ id: 'a', text: 'a b' }, { cuts: [0.5], seed: 1, dimensions: 4 });
    const { batches: lines } = readDocuments(passageLines(each([one])));
    await expect(all(lines)).rejects.toThrow(/^Line 1 of the JSONL file: text must be a string/);
  });
});

describe('paired', () => {
  const whole = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      exported({ id: `d${i}`, text: `text ${i}` }, { cuts: [], seed: i, dimensions: 4 }),
    );

  async function pair(documents: readonly ExportedDocument[], rows: readonly ExportedDocument[]) {
    const inputs = documents.map(({ document }) => document);
    const vectors = await readFvecs(fvecsStream(4, rowsOf(each(rows))));
    return paired(readDocuments(documentLines(each(inputs))), vectors);
  }

  it('gives each document its row, in batches', async () => {
    const documents = whole(600);
    const got = await all((await pair(documents, documents)).batches);
    expect(got.flat()).toEqual(documents);
    expect(got.map((batch) => batch.length)).toEqual([256, 256, 88]);
  });

  it.each([
    [3, 4],
    [4, 3],
    [0, 1],
  ])('is refused for %d documents and %d rows', async (documents, rows) => {
    const { batches: pairs } = await pair(whole(documents), whole(rows));
    await expect(all(pairs)).rejects.toThrow(code('bad-input'));
  });

  it('lets go of both streams', async () => {
    const cancelled: string[] = [];
    const open = (name: string, bytes: Uint8Array) =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes),
        cancel: () => void cancelled.push(name),
      });
    const documents = utf8('{"id":"a","text":"a"}\n{"id":"b","text":"b"}\n');
    const vectors = async () => readFvecs(open('vectors', new Uint8Array(Int32Array.of(1).buffer)));
    await paired(readDocuments(open('documents', documents)), await vectors()).cancel();
    expect(cancelled.sort()).toEqual(['documents', 'vectors']);
    const waiting = paired(readDocuments(open('documents', documents)), await vectors());
    const pairs = all(waiting.batches);
    await waiting.cancel();
    await expect(pairs).rejects.toThrow(code('aborted'));
    const wrong = paired(
      readDocuments(open('documents', utf8('x\n'))),
      await readFvecs(fvecsStream(1, each([Float32Array.of(1)]))),
    );
    await expect(all(wrong.batches)).rejects.toThrow(/^Line 1 /);
    expect(cancelled).toHaveLength(5);
  });
});
