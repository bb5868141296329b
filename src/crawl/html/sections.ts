/** The content's elements as sections: text between headings, with what holds for it. */

import type { Section, Warn } from '../page.ts';
import { languageTag } from '../text.ts';
import { anchorOf } from './anchors.ts';
import { headingLevel, headingText, isFurniture } from './furniture.ts';
import type { Content } from './landmarks.ts';
import { SectionList, type Context } from './section-list.ts';
import { TextBuilder, type Break } from './text-builder.ts';
import {
  attribute,
  isElement,
  isText,
  parentOf,
  remembered,
  type Element,
  type Node,
} from './tree.ts';

/** Sections in document order, none blank. @param language of the whole page */
export function sectionsOf(content: Content, language: string | undefined, warn: Warn): Section[] {
  const walk = new Walk(content, warn);
  for (const root of content.roots) walk.root(root, { language, weight: 1 });
  return walk.finish();
}

const PARAGRAPHS = names(
  'address article aside blockquote center details dl fieldset figure footer header hr main nav ol p ' +
    'section table ul',
);
const LINES = names(
  'br caption dd div dt figcaption form hgroup legend li optgroup option summary tbody tfoot ' +
    'thead tr',
);
const WORDS = names(
  'audio button canvas embed iframe img input meter object progress select svg td textarea th video',
);
const LISTS = names('dl ol ul');

/** As much as Pagefind's, which people know. */
const MAX_WEIGHT = 10;

class Walk {
  readonly #sections: SectionList;
  readonly #content: Content;
  readonly #warn: Warn;
  readonly #text = new TextBuilder();
  #root!: Element;

  constructor(content: Content, warn: Warn) {
    this.#content = content;
    this.#warn = warn;
    this.#sections = new SectionList(this.#text);
  }

  finish(): Section[] {
    return this.#sections.finish();
  }

  root(root: Element, context: Context): void {
    this.#root = root;
    this.#text.break('paragraph');
    this.#block(root, { ...context, language: inheritedLanguage(root) ?? context.language });
    this.#text.break('paragraph');
  }

  #inside(parent: Element, context: Context): void {
    for (const node of parent.childNodes) this.#node(node, context);
  }

  #node(node: Node, context: Context): void {
    if (isText(node)) return this.#text.add(node.value);
    if (!isElement(node)) return;
    const border = breakAround(node);
    this.#text.break(border);
    if (isFurniture(node) || this.#content.skip(node)) return;
    const level = headingLevel(node);
    if (level !== undefined) this.#heading(node, level);
    else if (node.tagName === 'pre') this.#text.addLines(linesOf(node));
    else if (border === 'none') this.#inside(node, context);
    else this.#block(node, context);
    this.#text.break(border);
  }

  /** A block may be of another language or weight; words in a line stay in it. */
  #block(element: Element, outer: Context): void {
    const context = {
      language: languageOf(element) ?? outer.language,
      weight: weightOf(element, this.#warn) ?? outer.weight,
    };
    this.#sections.enter(context);
    this.#inside(element, context);
    this.#sections.enter(outer);
  }

  #heading(element: Element, level: number): void {
    const heading = headingText(element);
    if (heading === '') return;
    const anchor = anchorOf(element, this.#root);
    this.#sections.begin({ level, heading, anchor, weight: weightOf(element, this.#warn) });
  }
}

export function languageOf(element: Element): string | undefined {
  return languageTag(attribute(element, 'lang') ?? attribute(element, 'xml:lang'));
}

/** Of the nearest element around it that says. */
const inheritedLanguage = remembered((element: Element): string | undefined => {
  const parent = parentOf(element);
  return parent && (languageOf(parent) ?? inheritedLanguage(parent));
});

/** 0 < weight <= 10; undefined where there is none. */
function weightOf(element: Element, warn: Warn): number | undefined {
  const value = attribute(element, 'data-nearfield-weight');
  if (value === undefined) return undefined;
  const weight = value.trim() === '' ? Number.NaN : Number(value);
  if (weight > 0 && weight <= MAX_WEIGHT) return weight;
  warn(
    'bad-attribute',
    `data-nearfield-weight must be a number above 0 and up to ${MAX_WEIGHT}, got "${value.slice(0, 40)}".`,
  );
  return undefined;
}

function breakAround({ tagName, parentNode }: Element): Break {
  const isSublist = LISTS.has(tagName) && parentNode?.nodeName === 'li';
  if (isSublist) return 'line';
  if (PARAGRAPHS.has(tagName)) return 'paragraph';
  if (LINES.has(tagName)) return 'line';
  // Custom elements: most are blocks, and no word is cut in two by one.
  return WORDS.has(tagName) || tagName.includes('-') ? 'word' : 'none';
}

/** Code as it is shown, where some highlighters make every line a block. */
function linesOf(pre: Element): string {
  const parts: string[] = [];
  addLines(pre, parts);
  return parts.join('');
}

function addLines(element: Element, parts: string[]): void {
  const onlyCodes = hasOnlyCodes(element);
  for (const node of element.childNodes) {
    if (isText(node) && node.value !== '') parts.push(node.value);
    if (!isElement(node) || isFurniture(node)) continue;
    const isLine = LINES.has(node.tagName) || PARAGRAPHS.has(node.tagName) || onlyCodes;
    if (isLine) endLine(parts);
    addLines(node, parts);
    if (isLine) endLine(parts);
    if (node.tagName === 'br') parts.push('\n');
  }
}

function endLine(parts: string[]): void {
  if (parts.length > 0 && !parts.at(-1)!.endsWith('\n')) parts.push('\n');
}

/** Of several `code`s in a `pre` without other text, each is a line, or a variant of the code. */
function hasOnlyCodes({ tagName, childNodes }: Element): boolean {
  const isOther = (node: Node): boolean =>
    isText(node) ? node.value.trim() !== '' : node.nodeName !== 'code';
  return tagName === 'pre' && !childNodes.some(isOther);
}

function names(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}
