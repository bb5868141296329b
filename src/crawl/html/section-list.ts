/** Sections in the making: which headings are open, and what text came since the last border. */

import type { Section } from '../page.ts';
import type { TextBuilder } from './text-builder.ts';

/** What holds for text by where it stands. */
export interface Context {
  language: string | undefined;
  weight: number;
}

interface Heading {
  /** 1 to 6; 0 for what is before the first heading. */
  level: number;
  heading: string;
  anchor: string | undefined;
  /** Of its section, whatever is around it. */
  weight: number | undefined;
}

const NO_HEADING: Heading = { level: 0, heading: '', anchor: undefined, weight: undefined };

export class SectionList {
  readonly #text: TextBuilder;
  readonly #sections: Section[] = [];
  /** Of rising levels; the last one is over the text that comes. */
  #open: Heading[] = [];
  #context: Context = { language: undefined, weight: 1 };
  /** Whether the last heading has text, or a heading of its own. */
  #isUsed = true;

  constructor(text: TextBuilder) {
    this.#text = text;
  }

  /** What comes is of this context. */
  enter(context: Context): void {
    if (this.#isSame(context)) return;
    this.#close();
    this.#context = context;
  }

  begin(heading: Heading): void {
    this.#close();
    if (heading.level <= this.#last.level) this.#closeHeading();
    this.#open = [...this.#open.filter(({ level }) => level < heading.level), heading];
    this.#isUsed = false;
  }

  finish(): Section[] {
    this.#close();
    this.#closeHeading();
    return this.#sections;
  }

  get #last(): Heading {
    return this.#open.at(-1) ?? NO_HEADING;
  }

  #isSame({ language, weight }: Context): boolean {
    return language === this.#context.language && weight === this.#context.weight;
  }

  #close(): void {
    const text = this.#text.take();
    if (text !== '') this.#push(text);
  }

  /** A heading with nothing under it is all that its section says. */
  #closeHeading(): void {
    if (!this.#isUsed) this.#push(this.#last.heading);
  }

  #push(text: string): void {
    const { anchor, weight } = this.#last;
    const { language } = this.#context;
    this.#isUsed = true;
    this.#sections.push({
      ...(anchor !== undefined && { anchor }),
      headings: this.#open.map(({ heading }) => heading),
      ...(language !== undefined && { language }),
      weight: weight ?? this.#context.weight,
      text,
    });
  }
}
