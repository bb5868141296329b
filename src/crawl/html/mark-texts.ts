/** Texts of marked elements, in one pass over the page: marks may be in marks, a thousand deep. */

import { BLANKS, withoutHyphenation } from '../text.ts';
import { hasNoText, isFurniture } from './furniture.ts';
import { bordersOf, isElement, isText, type Document, type Element } from './tree.ts';

/** Where an element's text is in what is around it. */
interface Place {
  text: FlowingText;
  start: number;
  end: number;
}

export class MarkTexts {
  readonly #isMarked: (element: Element) => boolean;
  readonly #places = new Map<Element, Place>();

  constructor(document: Document, isMarked: (element: Element) => boolean) {
    this.#isMarked = isMarked;
    this.#read(document, new FlowingText());
  }

  /** On one line and without furniture; undefined for more than `most` UTF-16 units. */
  of(element: Element, most: number): string | undefined {
    const place = this.#places.get(element);
    if (!place || hasNoText(element)) return '';
    // One blank at each end is between this text and what is around it.
    if (place.end - place.start > most + 2) return undefined;
    const text = place.text.slice(place.start, place.end).trim();
    return text.length > most ? undefined : text;
  }

  /** Furniture has a text of its own, and is in no other's. */
  #read(parent: Document | Element, text: FlowingText): void {
    for (const node of parent.childNodes) {
      if (isText(node)) text.add(node.value);
      if (!isElement(node)) continue;
      const inner = isFurniture(node) ? new FlowingText() : text;
      const border = bordersOf(node);
      inner.add(border);
      const start = inner.length;
      this.#read(node, inner);
      if (this.#isMarked(node)) this.#places.set(node, { text: inner, start, end: inner.length });
      inner.add(border);
    }
  }
}

/** As `oneLine` makes it, piece by piece. */
class FlowingText {
  length = 0;
  readonly #parts: string[] = [];
  #endsBlank = false;
  #whole: string | undefined;

  add(text: string): void {
    const flowing = withoutHyphenation(text).replace(BLANKS, ' ');
    const part = this.#endsBlank && flowing.startsWith(' ') ? flowing.slice(1) : flowing;
    if (part === '') return;
    this.#parts.push(part);
    this.length += part.length;
    this.#endsBlank = part.endsWith(' ');
  }

  /** Of all that was added. */
  slice(start: number, end: number): string {
    this.#whole ??= this.#parts.join('');
    return this.#whole.slice(start, end);
  }
}
