/** HTML as the tree that a browser makes of it, within bounds, and ways through it. */

import { defaultTreeAdapter, parse, type DefaultTreeAdapterTypes } from 'parse5';
import { LeftOut } from '../page.ts';
import { oneLine } from '../text.ts';

export type Document = DefaultTreeAdapterTypes.Document;
export type Element = DefaultTreeAdapterTypes.Element;
export type Node = DefaultTreeAdapterTypes.ChildNode;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** Browsers stop at 512 and put what is deeper beside it. Walks here may recurse. */
const MAX_DEPTH = 1000;
/** The single-page HTML standard, 14 MB of markup, has about half as many. */
const MAX_ELEMENTS = 1_000_000;

/** The document; throws `too-complex`. Contents of `template` are not in the tree. */
export function parseTree(html: string): Document {
  let depth = 0;
  let elements = 0;
  return parse(html, {
    // As for a reader with scripts: what is in `noscript` is text that nobody sees.
    scriptingEnabled: true,
    treeAdapter: {
      ...defaultTreeAdapter,
      createElement(name, namespace, attributes) {
        if (++elements > MAX_ELEMENTS) throw tooComplex(`${MAX_ELEMENTS} elements or fewer`);
        return defaultTreeAdapter.createElement(name, namespace, attributes);
      },
      onItemPush() {
        if (++depth > MAX_DEPTH) throw tooComplex(`elements nested ${MAX_DEPTH} deep or less`);
      },
      onItemPop() {
        depth--;
      },
    },
  });
}

function tooComplex(expected: string): LeftOut {
  return new LeftOut('too-complex', `Expected ${expected}, got more. Split the page.`);
}

export function isElement(node: Parent | Node): node is Element {
  return 'tagName' in node;
}

export function isText(node: Node): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === '#text';
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

/** `id`, or `name` of an `a`, which is what fragments of URLs name. */
export function ownAnchor(element: Element): string | undefined {
  const name = element.tagName === 'a' ? attribute(element, 'name') : undefined;
  return attribute(element, 'id') || name || undefined;
}

/** Of the `class` attribute. */
export function classes(element: Element): string[] {
  return attribute(element, 'class')?.split(/\s+/) ?? [];
}

export function parentOf(element: Element): Element | undefined {
  const parent = element.parentNode;
  return parent && isElement(parent) ? parent : undefined;
}

/** A fact that depends on what is around or in an element, found once for each: pages are deep. */
export function remembered<Fact>(find: (element: Element) => Fact): (element: Element) => Fact {
  const known = new WeakMap<Element, { fact: Fact }>();
  return (element) => {
    let found = known.get(element);
    if (!found) known.set(element, (found = { fact: find(element) }));
    return found.fact;
  };
}

/** Elements below a node in document order, nothing below one that `skip` names. */
export function* elementsOf(
  root: Parent,
  skip: (element: Element) => boolean = () => false,
): Generator<Element> {
  const open: Node[] = root.childNodes.toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    if (!isElement(node) || skip(node)) continue;
    yield node;
    for (let i = node.childNodes.length - 1; i >= 0; i--) open.push(node.childNodes[i]!);
  }
}

const SEPARATE_WORDS: ReadonlySet<string> = new Set(
  'br div dd dt h1 h2 h3 h4 h5 h6 li p section td th tr'.split(' '),
);

/** What is before and after an element's text in the text around it. */
export function bordersOf({ tagName }: Element): '' | ' ' {
  return SEPARATE_WORDS.has(tagName) ? ' ' : '';
}

/** All text of an element but that of `skip`, on one line. */
export function textOf(element: Element, skip: (element: Element) => boolean): string {
  const parts: string[] = [];
  addText(element, skip, parts);
  return oneLine(parts.join(''));
}

function addText(parent: Element, skip: (element: Element) => boolean, parts: string[]): void {
  for (const node of parent.childNodes) {
    if (isText(node)) parts.push(node.value);
    if (!isElement(node) || skip(node)) continue;
    const border = bordersOf(node);
    parts.push(border);
    addText(node, skip, parts);
    parts.push(border);
  }
}
