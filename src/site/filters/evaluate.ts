/** A filter over columns: what a collection answers to it, row by row. */

import type { Filter, Metadata } from '../../contract/index.ts';
import { checkedFilter, MetadataIndex, type Expression } from '../../collection/filter/index.ts';
import type { Values } from './column.ts';

/** The fields that a filter asks for. Throws `bad-input` where it is none. */
export function fieldsOf(filter: Filter): Set<string> {
  return new Set(namesIn(checkedFilter(filter)));
}

/**
 * Rows that pass, one bit a row.
 * @param columns those of `fieldsOf` that there are
 */
export function evaluateFilter(
  filter: Filter,
  columns: ReadonlyMap<string, Values>,
  rows: number,
): Uint32Array {
  const index = new MetadataIndex();
  for (let row = 0; row < rows; row++) {
    const values = [...columns].map(([field, column]) => [field, column.get(row) ?? null] as const);
    index.add(row, 1, Object.fromEntries(values) satisfies Metadata);
  }
  return index.evaluate(checkedFilter(filter));
}

function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'test':
      return [expression.field];
    case 'not':
      return namesIn(expression.of);
    case 'and':
    case 'or':
      return expression.of.flatMap(namesIn);
  }
}
