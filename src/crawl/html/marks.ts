/** `data-nearfield-meta` and `data-nearfield-filter`: named values that a page gives about itself. */

import type { Warn } from '../page.ts';
import { oneLine } from '../text.ts';
import { MarkTexts } from './mark-texts.ts';
import { attribute, elementsOf, type Document, type Element } from './tree.ts';

export interface Marks {
  /** The first value of each name. */
  metadata: Map<string, string>;
  /** Every value of each name, once, in order. */
  filters: Map<string, string[]>;
}

const META = 'data-nearfield-meta';
const FILTER = 'data-nearfield-filter';

/** UTF-16 units. More is no value to show or to choose by, but a mark on the wrong element. */
const MAX_CHARACTERS = 1000;
/** Of all names together. */
const MAX_VALUES = 10_000;

/**
 * A list of `name` (the element's text), `name[attribute]`, and at its end `name:value`, whose value
 * goes on to the end of the list. What is too long or too much is told, and not followed.
 */
export function marksOf(document: Document, warn: Warn): Marks {
  const metadata = new Map<string, string>();
  const filters = new Map<string, Set<string>>();
  const texts = new MarkTexts(document, isMarked);
  let count = 0;
  const take = (mark: string, value: string, put: () => void): void => {
    if (value === '') return;
    if (++count <= MAX_VALUES) put();
    else warn('bad-attribute', `A page may have ${MAX_VALUES} values, got more by ${mark}.`);
  };
  for (const element of elementsOf(document, isIgnoredWhole)) {
    for (const item of itemsOf(element, META, warn)) {
      if (metadata.has(item.name)) continue;
      const value = valueOf(element, item, texts, warn);
      take(META, value, () => metadata.set(item.name, value));
    }
    for (const item of itemsOf(element, FILTER, warn)) {
      const values = filters.get(item.name);
      const value = valueOf(element, item, texts, warn);
      if (values?.has(value)) continue;
      take(FILTER, value, () => {
        if (values) values.add(value);
        else filters.set(item.name, new Set([value]));
      });
    }
  }
  const inOrder = [...filters].map(([name, values]) => [name, [...values].sort()] as const);
  return { metadata, filters: new Map(inOrder) };
}

function isMarked(element: Element): boolean {
  return attribute(element, META) !== undefined || attribute(element, FILTER) !== undefined;
}

/** `data-nearfield-ignore="all"`: not even what its marks say. */
function isIgnoredWhole(element: Element): boolean {
  return attribute(element, 'data-nearfield-ignore') === 'all';
}

const ATTRIBUTE_OF = /^([^[\]:]+)\[\s*([^[\]\s]+)\s*\]$/;

interface Item {
  mark: string;
  name: string;
  /** The attribute that the value is of. */
  source: string | undefined;
  /** As it is written, where it is. */
  given: string | undefined;
}

function* itemsOf(element: Element, mark: string, warn: Warn): Generator<Item> {
  for (const item of partsOf(attribute(element, mark) ?? '')) {
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
    const given = source === undefined && colon >= 0 ? item.slice(colon + 1) : undefined;
    yield { mark, name, source, given };
  }
}

/** On one line; empty where there is none, or too much of it. */
function valueOf(
  element: Element,
  { mark, name, source, given }: Item,
  texts: MarkTexts,
  warn: Warn,
): string {
  const written = source === undefined ? given : (attribute(element, source.toLowerCase()) ?? '');
  if (written === undefined) {
    const text = texts.of(element, MAX_CHARACTERS);
    if (text !== undefined) return text;
  } else if (written.length <= MAX_CHARACTERS) {
    return oneLine(written);
  }
  warn(
    'bad-attribute',
    `A value of ${mark} must have ${MAX_CHARACTERS} characters or fewer, got more for "${name.slice(0, 40)}".`,
  );
  return '';
}

/** At commas, up to the first item that has a value. */
function partsOf(list: string): string[] {
  const parts = list.split(',');
  const valued = parts.findIndex((part) => part.includes(':'));
  const items = valued < 0 ? parts : [...parts.slice(0, valued), parts.slice(valued).join(',')];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}
