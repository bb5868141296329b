/** Text as a reader sees it: words apart where the page shows them apart, paragraphs by blank lines. */

import { BLANKS, withoutHyphenation } from '../text.ts';

/** What is between two pieces of text; the stronger one wins. */
export type Break = 'none' | 'word' | 'line' | 'paragraph';

const BETWEEN: Record<Break, string> = { none: '', word: ' ', line: '\n', paragraph: '\n\n' };
const STRENGTH: Break[] = ['none', 'word', 'line', 'paragraph'];

export class TextBuilder {
  #parts: string[] = [];
  #pending: Break = 'none';

  /** Text in a line: blanks are one space, and none at the border of a block. */
  add(text: string): void {
    const flowing = withoutHyphenation(text).replace(BLANKS, ' ');
    if (flowing.startsWith(' ')) this.break('word');
    const words = flowing.trim();
    if (words === '') return;
    this.#join(words);
    if (flowing.endsWith(' ')) this.break('word');
  }

  /** Code and the like: its line ends and blanks stay. */
  addLines(text: string): void {
    const lines = withoutHyphenation(text)
      .replaceAll(/\r\n?/g, '\n')
      .replace(/^(?:[^\S\n]*\n)+/, '')
      .trimEnd();
    if (lines === '') return;
    this.break('paragraph');
    this.#join(lines);
    this.break('paragraph');
  }

  break(kind: Break): void {
    if (STRENGTH.indexOf(kind) > STRENGTH.indexOf(this.#pending)) this.#pending = kind;
  }

  /** What was added since the last time. */
  take(): string {
    const text = this.#parts.join('');
    this.#parts = [];
    this.#pending = 'none';
    return text;
  }

  #join(text: string): void {
    if (this.#parts.length > 0) this.#parts.push(BETWEEN[this.#pending]);
    this.#parts.push(text);
    this.#pending = 'none';
  }
}
