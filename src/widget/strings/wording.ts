/** Strings with their values in them, and numbers as the language writes them. */

import type { PanelStrings, Plural } from './panel.ts';
import type { Language, ShellStrings } from './shell.ts';

/** All strings of the element; its `strings` property takes some of them. */
export type WidgetStrings = ShellStrings & PanelStrings;

type Plain = { [K in keyof WidgetStrings]: WidgetStrings[K] extends string ? K : never };
type PlainKey = Plain[keyof WidgetStrings];

export class Wording {
  readonly language: Language;
  readonly #strings: WidgetStrings;
  readonly #plurals: Intl.PluralRules;
  readonly #numbers: Intl.NumberFormat;

  constructor(language: Language, strings: WidgetStrings) {
    this.language = language;
    this.#strings = strings;
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
  }

  /** The values are put in as they are, once: braces in them mean nothing. */
  text(key: PlainKey, values: Readonly<Record<string, string>> = {}): string {
    return filled(this.#strings[key], values);
  }

  pages(count: number): string {
    const forms: Plural = this.#strings.pages;
    const form = forms[this.#plurals.select(count)] ?? forms.other;
    return filled(form, { count: this.#numbers.format(count) });
  }

  number(value: number): string {
    return this.#numbers.format(value);
  }

  /** Decimal units, as browsers show downloads. */
  size(bytes: number): string {
    const unit = bytes < 1e6 ? 'kilobyte' : bytes < 1e9 ? 'megabyte' : 'gigabyte';
    const value = bytes / { kilobyte: 1e3, megabyte: 1e6, gigabyte: 1e9 }[unit];
    const maximumFractionDigits = value < 10 && unit !== 'kilobyte' ? 1 : 0;
    return new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit,
      maximumFractionDigits,
    }).format(value);
  }

  percent(share: number): string {
    return new Intl.NumberFormat(this.language, { style: 'percent' }).format(share);
  }
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
