import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter, Metadata, MetadataValue } from '../../contract/index.ts';
import { countBits, hasBit, setRange } from '../../vectors/bitmap.ts';
import { checkedFilter } from './expression.ts';
import { MetadataIndex } from './metadata-index.ts';

const NUMBERS = [-1, 0, 2.5, 3, 1e9];
const STRINGS = ['', 'a', 'b', 'ä', '2.5', 'constructor', '__proto__'];
const DATES = [0, 3, 1e12].map((time) => new Date(time));
const ordered = fc.constantFrom(...NUMBERS, ...STRINGS, ...DATES);
const scalar = fc.oneof(ordered, fc.boolean(), fc.constant(null));
const value: fc.Arbitrary<MetadataValue> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(fc.constantFrom(...STRINGS), { maxLength: 3 }),
);
const field = fc.constantFrom('year', 'tags', 'constructor', '__proto__');
const metadata: fc.Arbitrary<Metadata> = fc.dictionary(field, value, {
  maxKeys: 3,
  noNullPrototype: true,
});

const tests = fc.record(
  {
    eq: scalar,
    in: fc.array(scalar, { maxLength: 3 }),
    gt: ordered,
    gte: ordered,
    lt: ordered,
    lte: ordered,
    contains: fc.constantFrom(...STRINGS),
  },
  { requiredKeys: [] },
);
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4 },
    fc.dictionary(field, fc.oneof(scalar, tests), { maxKeys: 2 }),
    fc.record({ and: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ or: fc.array(tie('filter'), { maxLength: 3 }) }),
    fc.record({ not: tie('filter') }),
    fc.record({ not: tie('filter'), year: tests }),
  ),
}));

/** One row at a time, straight from what the contract says. */
function passes(row: Metadata, filter: Filter): boolean {
  return Object.entries(filter as Record<string, unknown>).every(([key, part]) => {
    if (key === 'and') return (part as Filter[]).every((inner) => passes(row, inner));
    if (key === 'or') return (part as Filter[]).some((inner) => passes(row, inner));
    if (key === 'not') return !passes(row, part as Filter);
    const value = Object.hasOwn(row, key) ? (row[key] ?? null) : null;
    const isTests = typeof part === 'object' && part !== null && !(part instanceof Date);
    const all = Object.entries(isTests ? part : { eq: part });
    return all.every(([operator, operand]) => holds(value, operator, operand));
  });
}

function holds(value: MetadataValue, operator: string, operand: unknown): boolean {
  if (operator === 'in') return (operand as unknown[]).some((one) => holds(value, 'eq', one));
  if (operator === 'contains') return Array.isArray(value) && value.includes(operand);
  if (kindOf(value) !== kindOf(operand)) return false;
  const [a, b] = [value, operand].map((one) => (one instanceof Date ? one.getTime() : one)) as [
    number,
    number,
  ];
  if (operator === 'eq') return a === b;
  if (operator === 'gt') return a > b;
  if (operator === 'gte') return a >= b;
  if (operator === 'lt') return a < b;
  return a <= b;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : value instanceof Date ? 'date' : typeof value;
}

type Step = { add: { count: number; metadata: Metadata } } | { remove: number } | { ask: Filter };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ add: fc.record({ count: fc.integer({ min: 0, max: 40 }), metadata }) }),
  },
  fc.record({ remove: fc.nat(120) }),
  fc.record({ ask: filter }),
);

describe('a filter', () => {
  it('keeps the rows that pass, and only those, whatever was added and removed before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 16 }), filter, (steps, last) => {
        const index = new MetadataIndex();
        const rows: (Metadata | undefined)[] = [];
        for (const step of [...steps, { ask: last }]) {
          if ('add' in step) {
            const { count, metadata } = step.add;
            index.add(rows.length, count, metadata);
            for (let i = 0; i < count; i++) rows.push(metadata);
          } else if ('remove' in step) {
            expect(index.remove(step.remove)).toBe(rows[step.remove] !== undefined);
            if (step.remove < rows.length) rows[step.remove] = undefined;
          } else {
            const bits = index.evaluate(checkedFilter(step.ask));
            const expected = rows.map((row) => row !== undefined && passes(row, step.ask));
            expect(rows.map((_, row) => hasBit(bits, row))).toEqual(expected);
            expect(countBits(bits)).toBe(expected.filter(Boolean).length);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[Filter, string]>([
    [{ year: { gte: 2020 }, lang: 'en' }, '0'],
    [{ year: { gte: 2020, lt: 2021 } }, '0,2'],
    [{ tags: { contains: 'b' } }, '0,1'],
    [{ or: [{ lang: 'de' }, { lang: null }] }, '1,2'],
    [{ not: { lang: 'en' } }, '1,2'],
    [{ made: { gt: new Date('2024-01-01') } }, '1'],
    [{ lang: { gt: 'de' } }, '0'],
    [{ lang: { in: ['de', 'fr', null] } }, '1,2'],
    [{}, '0,1,2'],
    [{ and: [] }, '0,1,2'],
    [{ or: [] }, ''],
    [{ tags: 'b' }, ''],
    [{ year: '2020' }, ''],
    [{ year: { gte: undefined } as never, lang: undefined as never }, '0,1,2'],
  ])('%j keeps %s', (filter, expected) => {
    const index = new MetadataIndex();
    index.add(0, 1, { year: 2020, lang: 'en', tags: ['a', 'b'] });
    index.add(1, 1, { year: 1999, lang: 'de', tags: ['b', 'b'], made: new Date('2024-05-01') });
    index.add(2, 1, { year: 2020, made: new Date('2023-05-01') });
    const bits = index.evaluate(checkedFilter(filter));
    expect([0, 1, 2].filter((row) => hasBit(bits, row)).join()).toBe(expected);
  });
});

describe('checkedFilter', () => {
  const deep = (levels: number): unknown => (levels === 0 ? {} : { not: deep(levels - 1) });

  it.each<[unknown, string]>([
    [null, 'filter: expected a plain object'],
    ['year > 2020', 'filter: expected a plain object'],
    [[], 'filter: expected a plain object'],
    [{ year: { gte: 'x', above: 3 } }, 'filter.year: expected one of the operators eq, in, gt'],
    [{ year: { constructor: 3 } }, 'filter.year: expected one of the operators'],
    [
      { year: { gt: true } },
      'filter.year.gt: expected a finite number, a string or a valid Date; got true',
    ],
    [{ year: { gt: null } }, 'got null'],
    [{ year: NaN }, 'filter.year: expected a string, a finite number'],
    [{ year: { eq: Infinity } }, 'filter.year.eq: expected a string, a finite number'],
    [{ made: new Date(NaN) }, 'got an invalid Date'],
    [{ lang: ['en', 'de'] }, 'filter.lang: expected'],
    [{ lang: { in: 'en' } }, 'filter.lang.in: expected a list of up to 10000'],
    [{ lang: { in: [['en']] } }, 'filter.lang.in: expected a list'],
    [{ lang: { in: Array.from({ length: 10_001 }, () => 1) } }, 'filter.lang.in: expected a list'],
    [{ tags: { contains: 5 } }, 'filter.tags.contains: expected a string; got 5'],
    [{ and: { a: 1 } }, 'filter.and: expected a list of filters; got an object'],
    [{ or: [{ a: 1 }, 5] }, 'filter.or[1]: expected a plain object'],
    [{ not: [] }, 'filter.not: expected a plain object'],
    [deep(40), 'expected at most 32 filters in one another'],
    [{ or: Array.from({ length: 1001 }, () => ({ a: 1 })) }, 'expected at most 1000 tests'],
    [new Map([['a', 1]]), 'filter: expected a plain object'],
  ])('refuses %j', (filter, message) => {
    expect(() => checkedFilter(filter as Filter)).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it('takes as much as it says', () => {
    expect(checkedFilter(deep(32) as Filter)).toMatchObject({ kind: 'not' });
  });

  it('answers everything with an expression or bad-input', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true, withNullPrototype: true }), (anything) => {
        try {
          new MetadataIndex().evaluate(checkedFilter({ x: anything } as Filter));
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-input' });
        }
      }),
    );
  });
});

it('sets ranges as row by row', () => {
  fc.assert(
    fc.property(fc.nat(130), fc.nat(130), (first, end) => {
      const bits = new Uint32Array(5);
      setRange(bits, first, end);
      const rows = Array.from({ length: 160 }, (_, row) => hasBit(bits, row));
      expect(rows).toEqual(rows.map((_, row) => row >= first && row < end));
    }),
  );
});
