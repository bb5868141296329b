/** What visitors choose pages by: a few values as buttons, more as a menu, with how often each occurs. */

import type { Filter, SiteFilterValue, SiteIndex } from '../../contract/index.ts';
import { h, set } from '../dom.ts';
import type { Wording } from '../strings/wording.ts';

type Value = SiteFilterValue['value'];

/** More than these are a menu. */
const MOST_BUTTONS = 5;
/** A menu of more values than these is no help. */
const MOST_VALUES = 200;

export class Filters {
  readonly element: HTMLElement;
  readonly #wording: Wording;
  readonly #onChange: () => void;
  readonly #chosen = new Map<string, Set<Value>>();
  #begun = false;
  #read = false;

  constructor(wording: Wording, onChange: () => void) {
    this.#wording = wording;
    this.#onChange = onChange;
    this.element = h('div', {
      class: 'filters',
      part: 'filters',
      role: 'group',
      'aria-label': wording.text('filters'),
      hidden: true,
    });
  }

  /** Shows the room of its values from the first answer on: when they come, nothing moves. */
  show(index: SiteIndex, fields: readonly string[]): void {
    const wanted = fields.some((field) => index.info.filters.includes(field));
    set(this.element, 'hidden', !wanted || (this.#read && this.element.childElementCount === 0));
  }

  /** Reads the values of the fields, once; a field that cannot be read is left out. */
  async begin(index: SiteIndex, fields: readonly string[]): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    const known = fields.filter((field) => index.info.filters.includes(field));
    const values = await Promise.all(
      known.map((field) => index.filterValues(field).catch(() => [])),
    );
    for (const [i, field] of known.entries()) {
      const some = values[i]!.slice(0, MOST_VALUES);
      if (some.length === 0) continue;
      this.element.append(
        some.length > MOST_BUTTONS ? this.#menu(field, some) : this.#buttons(field, some),
      );
    }
    this.#read = true;
    set(this.element, 'hidden', this.element.childElementCount === 0);
  }

  /** Undefined where nothing is chosen. Values of one field are alternatives. */
  get filter(): Filter | undefined {
    const fields = [...this.#chosen].filter(([, values]) => values.size > 0);
    if (fields.length === 0) return undefined;
    return { and: fields.map(([field, values]) => anyOf(field, [...values])) };
  }

  #buttons(field: string, values: readonly SiteFilterValue[]): HTMLElement {
    const buttons = values.map(({ value, pages }) => {
      const button = h(
        'button',
        { type: 'button', class: 'chip', part: 'filter', 'aria-pressed': 'false' },
        h('span', { dir: 'auto' }, String(value)),
        h('span', { class: 'count' }, this.#wording.number(pages)),
      );
      button.addEventListener('click', () => {
        const chosen = this.#chosenOf(field);
        if (!chosen.delete(value)) chosen.add(value);
        set(button, 'aria-pressed', String(chosen.has(value)));
        this.#onChange();
      });
      return button;
    });
    const name = h('span', { class: 'field-name', dir: 'auto' }, field);
    return h('div', { class: 'filter', role: 'group', 'aria-label': field }, name, ...buttons);
  }

  #menu(field: string, values: readonly SiteFilterValue[]): HTMLElement {
    const options = values.map(({ value, pages }, i) =>
      h('option', { value: i }, `${String(value)} (${this.#wording.number(pages)})`),
    );
    const all = h('option', { value: -1 }, this.#wording.text('all'));
    const select = h('select', { part: 'filter', 'aria-label': field }, all, ...options);
    select.addEventListener('change', () => {
      const chosen = values[Number(select.value)];
      this.#chosen.set(field, new Set(chosen ? [chosen.value] : []));
      set(select, 'data-chosen', chosen !== undefined);
      this.#onChange();
    });
    const name = h('span', { class: 'field-name', 'aria-hidden': 'true', dir: 'auto' }, field);
    return h('label', { class: 'filter' }, name, select);
  }

  #chosenOf(field: string): Set<Value> {
    const known = this.#chosen.get(field) ?? new Set<Value>();
    this.#chosen.set(field, known);
    return known;
  }
}

/** Of a field with one value, or with a list of them. */
function anyOf(field: string, values: readonly Value[]): Filter {
  const lists = values
    .filter((value) => typeof value === 'string')
    .map((value) => ({ [field]: { contains: value } }));
  return { or: [{ [field]: { in: values } }, ...lists] };
}
