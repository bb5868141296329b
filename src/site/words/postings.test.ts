import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BitReader, BitWriter } from './bits.ts';
import { readPostings, readRows, writePostings, writeRows } from './postings.ts';

const sizes = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 2 ** 31 }));
const sets = sizes.chain((size) =>
  fc.record({
    size: fc.constant(size),
    rows: fc.uniqueArray(fc.nat(size - 1), { minLength: 0, maxLength: 60 }),
  }),
);

describe('numbers in bits', () => {
  it('come back as they were', () => {
    const number = fc.oneof(
      fc.record({ kind: fc.constant('bits'), value: fc.nat(0xffff) }),
      fc.record({ kind: fc.constant('below'), value: fc.nat(2 ** 31 - 1), more: fc.nat(9) }),
      fc.record({ kind: fc.constant('small'), value: fc.nat(2 ** 30), k: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const writer = new BitWriter();
        const sizeOf = (value: number, more = 0): number => Math.min(2 ** 31, value + 1 + more);
        for (const { kind, value, ...rest } of numbers) {
          if (kind === 'bits') writer.bits(value, 16);
          else if ('more' in rest) writer.below(value, sizeOf(value, rest.more));
          else if ('k' in rest) writer.small(value, rest.k);
        }
        const reader = new BitReader(writer.view());
        for (const { kind, value, ...rest } of numbers) {
          if (kind === 'bits') expect(reader.bits(16)).toBe(value);
          else if ('more' in rest) expect(reader.below(sizeOf(value, rest.more))).toBe(value);
          else if ('k' in rest) expect(reader.small(rest.k)).toBe(value);
        }
        expect(reader.isOver).toBe(false);
      }),
    );
  });
});

describe('sets of rows', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(sets, ({ size, rows }) => {
        const sorted = rows.sort((a, b) => a - b);
        const writer = new BitWriter();
        writeRows(writer, sorted, size);
        expect([...readRows(new BitReader(writer.view()), sorted.length, size)]).toEqual(sorted);
      }),
    );
  });

  it('take nothing where all rows are in them', () => {
    const writer = new BitWriter();
    writeRows(
      writer,
      Array.from({ length: 1000 }, (_, row) => row),
      1000,
    );
    expect(writer.view()).toHaveLength(0);
  });

  it('rise and stay below the size, whatever the bits', () => {
    fc.assert(
      fc.property(fc.uint8Array(), sizes, fc.nat(100), (bytes, size, count) => {
        const rows = [...readRows(new BitReader(bytes), Math.min(count, size), size)];
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        expect(rows.every((row) => row < size)).toBe(true);
      }),
    );
  });
});

it('postings come back as they were', () => {
  const frequency = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 ** 30 }));
  fc.assert(
    fc.property(
      sets,
      fc.array(frequency, { minLength: 60, maxLength: 60 }),
      ({ size, rows }, all) => {
        const docs = Uint32Array.from(rows).sort();
        const frequencies = Uint32Array.from(all.slice(0, docs.length));
        const writer = new BitWriter();
        writePostings(writer, { docs, frequencies }, size);
        const reader = new BitReader(writer.view());
        expect(readPostings(reader, docs.length, size)).toEqual({ docs, frequencies });
        expect(reader.isOver).toBe(false);
      },
    ),
  );
});
