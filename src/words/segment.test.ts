import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sealChecksum } from '../contract/index.ts';
import { HEADER } from './layout.ts';
import { LexicalIndex } from './lexical-index.ts';
import { SegmentWriter } from './segment-writer.ts';

const TEXTS = ['Everyone has rights and freedoms', 'free rights, rights', '人権 и права', ''];
const STORAGE: unknown = expect.objectContaining({ name: 'NearfieldError', code: 'storage' });

let bytes: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const index = new LexicalIndex();
  const rows = TEXTS.map((text, row) => ({ row, text, language: 'en' }));
  await index.prepare(rows);
  index.add(rows);
  bytes = index.segments()[0]!;
});

/** What a search gives, or the error. */
function outcome(stored: Uint8Array): unknown {
  try {
    const index = LexicalIndex.from([stored]);
    const found = index.search('rights free 人');
    return { ...found.top(9), forms: [...found.forms] };
  } catch (error) {
    return error;
  }
}

function withChecksum(changed: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  new Uint32Array(changed.buffer)[HEADER.checksum] = sealChecksum(changed);
  return changed;
}

describe('stored segments', () => {
  it('are read wherever they lie in a buffer', () => {
    const moved = new Uint8Array(bytes.length + 1);
    moved.set(bytes, 1);
    expect(outcome(moved.subarray(1))).toEqual(outcome(bytes));
    expect(outcome(bytes)).not.toBeInstanceOf(Error);
  });

  it('are refused when cut short or made longer', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(outcome(bytes.slice(0, length))).toEqual(STORAGE);
    }
    expect(outcome(Uint8Array.from([...bytes, 0, 0, 0, 0]))).toEqual(STORAGE);
  });

  it('are refused when a bit is another', () => {
    for (let at = 0; at < bytes.length * 8; at++) {
      const changed = bytes.slice();
      changed[at >>> 3]! ^= 1 << (at & 7);
      expect(outcome(changed)).toEqual(STORAGE);
    }
  });

  it('are refused, or searched like others, when somebody made the checksum right again', () => {
    const changes = fc.array(
      fc.record({ at: fc.nat(bytes.length - 1), value: fc.oneof(fc.nat(255), fc.constant(255)) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(changes, (changes) => {
        const changed = bytes.slice();
        for (const { at, value } of changes) changed[at] = value;
        const got = outcome(withChecksum(changed));
        if (got instanceof Error) expect(got).toEqual(STORAGE);
        else expect(got).toMatchObject({ forms: expect.any(Array) as unknown });
      }),
      { numRuns: 3000 },
    );
  });

  it('of another version say so', () => {
    const changed = bytes.slice();
    new Uint32Array(changed.buffer)[HEADER.version] = 9;
    expect(outcome(withChecksum(changed))).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('version 9') as unknown,
    });
  });

  it('may name languages that nobody stems', async () => {
    const writer = new SegmentWriter();
    writer.row(0, 2);
    const form = writer.form('rights', [0], [2], 1);
    // Every object has something under the first of these.
    for (const language of ['constructor', 'xx']) writer.stem(`${language}:right`, form);
    const index = LexicalIndex.from([writer.finish()]);
    await index.prepare();
    expect([...index.search('rights ').top(9).rows]).toEqual([0]);
  });

  it('are refused out of order', () => {
    expect(() => LexicalIndex.from([bytes, bytes])).toThrow(
      expect.objectContaining({ code: 'storage' }),
    );
  });
});
