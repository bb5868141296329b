/** A caller's filter, checked and put into one shape. */

import { NearfieldError, type Filter } from '../../contract/index.ts';

export type Scalar = string | number | boolean | Date | null;
/** What has an order. */
export type Ordered = string | number | Date;

export type Test =
  | { operator: 'eq'; operand: Scalar }
  | { operator: 'in'; operand: readonly Scalar[] }
  | ({ operator: 'range' } & Range)
  | { operator: 'contains'; operand: string };

/** Between bounds of one type, one of them at least. */
export interface Range {
  low?: Bound;
  high?: Bound;
}

export interface Bound {
  value: Ordered;
  /** The value itself is in the range. */
  closed: boolean;
}

export type Expression =
  | { kind: 'and' | 'or'; of: readonly Expression[] }
  | { kind: 'not'; of: Expression }
  | { kind: 'test'; field: string; test: Test };

const MOST_DEPTH = 32;
const MOST_TESTS = 1000;
const MOST_VALUES = 10_000;
const OPERATORS = ['eq', 'in', 'gt', 'gte', 'lt', 'lte', 'contains'] as const;
const SCALAR = 'a string, a finite number, a boolean, a valid Date or null';
const ORDERED = 'a finite number, a string or a valid Date';

/** Throws `bad-input` with the place that is wrong and what was expected there. */
export function checkedFilter(filter: Filter): Expression {
  return new Checker().filter(filter, 'filter', 0);
}

class Checker {
  #tests = 0;

  filter(value: unknown, place: string, depth: number): Expression {
    if (depth > MOST_DEPTH)
      throw wrong(place, `at most ${MOST_DEPTH} filters in one another`, value);
    if (!isPlain(value))
      throw wrong(place, 'a plain object such as { year: { gte: 2020 } }', value);
    const all = Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .flatMap(([key, part]) => this.#part(key, part, `${place}.${key}`, depth));
    return all.length === 1 ? all[0]! : { kind: 'and', of: all };
  }

  #part(key: string, value: unknown, place: string, depth: number): Expression[] {
    if (key === 'not') return [{ kind: 'not', of: this.filter(value, place, depth + 1) }];
    if (key === 'and' || key === 'or') {
      if (!Array.isArray(value)) throw wrong(place, 'a list of filters', value);
      const of = value.map((part, i) => this.filter(part, `${place}[${i}]`, depth + 1));
      return [{ kind: key, of }];
    }
    if (isScalar(value)) return [this.#test(key, place, { operator: 'eq', operand: value })];
    if (!isPlain(value)) {
      throw wrong(place, `${SCALAR}, or an object of ${OPERATORS.join(', ')}`, value);
    }
    const tests = Object.entries(value)
      .filter(([, operand]) => operand !== undefined)
      .map(([name, operand]) => checkedTest(name, operand, place));
    return withOneRange(tests).map((test) => this.#test(key, place, test));
  }

  #test(field: string, place: string, test: Test): Expression {
    if (++this.#tests > MOST_TESTS) throw wrong(place, `at most ${MOST_TESTS} tests`, 'more');
    return { kind: 'test', field, test };
  }
}

function checkedTest(name: string, operand: unknown, field: string): Test {
  const place = `${field}.${name}`;
  const operator = OPERATORS.find((known) => known === name);
  switch (operator) {
    case 'eq':
      if (isScalar(operand)) return { operator, operand };
      throw wrong(place, SCALAR, operand);
    case 'in':
      if (Array.isArray(operand) && operand.length <= MOST_VALUES && operand.every(isScalar)) {
        return { operator, operand };
      }
      throw wrong(place, `a list of up to ${MOST_VALUES}, each ${SCALAR}`, operand);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (isOrdered(operand)) return rangeOf(operator, operand);
      throw wrong(place, ORDERED, operand);
    case 'contains':
      if (typeof operand === 'string') return { operator, operand };
      throw wrong(place, 'a string', operand);
    case undefined:
      throw wrong(field, `one of the operators ${OPERATORS.join(', ')}`, name);
  }
}

function rangeOf(operator: 'gt' | 'gte' | 'lt' | 'lte', value: Ordered): Test {
  const bound = { value, closed: operator.endsWith('e') };
  return operator.startsWith('g')
    ? { operator: 'range', low: bound }
    : { operator: 'range', high: bound };
}

/** A lower and an upper bound of one type are one range: rows outside it are never looked at. */
function withOneRange(tests: readonly Test[]): Test[] {
  const ranges = tests.filter((test) => test.operator === 'range');
  const [low] = ranges.flatMap(({ low }) => low ?? []);
  const [high] = ranges.flatMap(({ high }) => high ?? []);
  if (ranges.length !== 2 || !low || !high) return [...tests];
  if (kindOf(low.value) !== kindOf(high.value)) return [...tests];
  return [...tests.filter((test) => test.operator !== 'range'), { operator: 'range', low, high }];
}

function kindOf(value: Ordered): string {
  return value instanceof Date ? 'date' : typeof value;
}

function isOrdered(value: unknown): value is Ordered {
  return isScalar(value) && value !== null && typeof value !== 'boolean';
}

function isScalar(value: unknown): value is Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  return Number.isFinite(value instanceof Date ? value.getTime() : value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function wrong(place: string, expected: string, got: unknown): NearfieldError {
  return new NearfieldError('bad-input', `${place}: expected ${expected}; got ${said(got)}.`);
}

function said(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'an invalid Date';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
