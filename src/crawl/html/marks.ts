/** `data-nearfield-meta` and `data-nearfield-filter`: named values that a page gives about itself. */

import type { Warn } from '../page.ts';
import { oneLine } from '../text.ts';
import { hasNoText, isFurniture } from './furniture.ts';
import { attribute, elementsOf, textOf, type Document, type Element } from './tree.ts';

export interface Marks {
  /** The first value of each name. */
  metadata: Map<string, string>;
  /** Every value of each name, once, in order. */
  filters: Map<string, string[]>;
}

/**
 * A list of `name` (the element's text), `name[attribute]`, and at its end `name:value`, whose value
 * goes on to the end of the list.
 */
export function marksOf(document: Document, warn: Warn): Marks {
  const metadata = new Map<string, string>();
  const filters = new Map<string, string[]>();
  for (const element of elementsOf(document, isIgnoredWhole)) {
    for (const [name, value] of valuesOf(element, 'data-nearfield-meta', warn)) {
      if (!metadata.has(name)) metadata.set(name, value);
    }
    for (const [name, value] of valuesOf(element, 'data-nearfield-filter', warn)) {
      const values = filters.get(name);
      if (values) values.push(value);
      else filters.set(name, [value]);
    }
  }
  for (const [name, values] of filters) filters.set(name, [...new Set(values)].sort());
  return { metadata, filters };
}

/** `data-nearfield-ignore="all"`: not even what its marks say. */
function isIgnoredWhole(element: Element): boolean {
  return attribute(element, 'data-nearfield-ignore') === 'all';
}

const ATTRIBUTE_OF = /^([^[\]:]+)\[\s*([^[\]\s]+)\s*\]$/;

function* valuesOf(element: Element, mark: string, warn: Warn): Generator<[string, string]> {
  for (const item of itemsOf(attribute(element, mark) ?? '')) {
    const colon = item.indexOf(':');
    const [, ofAttribute, source] = ATTRIBUTE_OF.exec(item) ?? [];
    const name = oneLine(ofAttribute ?? (colon < 0 ? item : item.slice(0, colon)));
    if (name === '' || (/[[\]]/.test(item) && source === undefined && colon < 0)) {
      warn(
        'bad-attribute',
        `${mark} must be name, name[attribute] or name:value, got "${item.slice(0, 40)}".`,
      );
      continue;
    }
    const value = oneLine(valueOf(element, item, colon, source));
    if (value !== '') yield [name, value];
  }
}

function valueOf(
  element: Element,
  item: string,
  colon: number,
  source: string | undefined,
): string {
  if (source !== undefined) return attribute(element, source.toLowerCase()) ?? '';
  if (colon >= 0) return item.slice(colon + 1);
  return hasNoText(element) ? '' : textOf(element, isFurniture);
}

/** At commas, up to the first item that has a value. */
function itemsOf(list: string): string[] {
  const parts = list.split(',');
  const valued = parts.findIndex((part) => part.includes(':'));
  const items = valued < 0 ? parts : [...parts.slice(0, valued), parts.slice(valued).join(',')];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
