import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEmbeddings } from './embeddings.ts';
import type { EmbedRows } from './contract/index.ts';

const WIDTH = 8;

function unit(values: readonly number[]): number[] {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

function rowsOf(vectors: readonly (readonly number[])[], cut: number[] = []): EmbedRows {
  return {
    data: Float32Array.from(vectors.flat()),
    tokens: Uint32Array.from(vectors, (_, i) => i + 3),
    truncated: Uint8Array.from(vectors, (_, i) => (cut.includes(i) ? 1 : 0)),
    identity: 'model',
  };
}

const value = fc.double({ min: -1, max: 1, noNaN: true });
const raw = fc
  .array(value, { minLength: WIDTH, maxLength: WIDTH })
  .filter((row) => Math.abs(row[0]!) > 0.01);

describe('toEmbeddings', () => {
  it('cut to a width equals cutting the raw vector before it is scaled to norm 1', () => {
    fc.assert(
      fc.property(
        fc.array(raw, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: WIDTH }),
        (vectors, dimensions) => {
          const out = toEmbeddings(rowsOf(vectors.map(unit)), dimensions);
          const expected = vectors.flatMap((row) => unit(row.slice(0, dimensions)));
          expect(out.data.length).toBe(expected.length);
          out.data.forEach((got, i) => {
            expect(Math.abs(got - expected[i]!)).toBeLessThan(1e-6);
          });
        },
      ),
    );
  });

  it('tells tokens and cuts per text, and gives views of rows', () => {
    const out = toEmbeddings(rowsOf([unit([3, 4]), unit([0, 1])], [1]), 2);
    expect(out).toMatchObject({ rows: 2, dimensions: 2, truncated: [false, true] });
    expect([...out.tokens]).toEqual([3, 4]);
    expect(out.row(1)).toEqual(Float32Array.of(0, 1));
    expect(out.row(1).buffer).toBe(out.data.buffer);
  });

  it.each([-1, 2, 0.5, Number.NaN])('has no row %d of two', (i) => {
    const out = toEmbeddings(rowsOf([unit([3, 4]), unit([0, 1])]), 2);
    expect(() => out.row(i)).toThrow(RangeError);
  });

  it('has no rows for no texts, and keeps the width asked for', () => {
    expect(toEmbeddings(rowsOf([]), 4)).toMatchObject({ rows: 0, dimensions: 4 });
  });

  it('names the text whose first values are all zero', () => {
    expect(() => toEmbeddings(rowsOf([unit([1, 1, 0]), [0, 0, 1]]), 2)).toThrow(
      expect.objectContaining({ code: 'bad-vector', index: 1 }) as Error,
    );
  });
});
