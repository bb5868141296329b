/** Where a URL's fragment has to point to show a heading. */

import { hasNoText, headingLevel, isButton, isFurniture } from './furniture.ts';
import {
  elementsOf,
  isElement,
  isText,
  ownAnchor,
  parentOf,
  remembered,
  textOf,
  type Element,
  type Node,
} from './tree.ts';

/**
 * The first of these that there is: the `id` of the heading, of something in it, of an empty anchor
 * right before it, of an element that begins with it, of a `section` or `article` whose first heading
 * it is.
 */
export function anchorOf(heading: Element, root: Element): string | undefined {
  return ownAnchor(heading) ?? anchorIn(heading) ?? anchorAround(heading, root);
}

function anchorIn(element: Element): string | undefined {
  // Hidden ones count: many a generator's anchor is hidden from readers aloud.
  for (const inner of elementsOf(element, (part) => isButton(part) || hasNoText(part))) {
    const anchor = ownAnchor(inner);
    if (anchor !== undefined) return anchor;
  }
  return undefined;
}

function anchorAround(heading: Element, root: Element): string | undefined {
  let isFirst = true;
  let element = heading;
  while (element !== root) {
    for (const sibling of before(element)) {
      if (!isElement(sibling) || isFurniture(sibling)) {
        isFirst &&= !isText(sibling) || sibling.value.trim() === '';
        continue;
      }
      if (hasHeading(sibling)) return undefined;
      isFirst &&= textOf(sibling, isFurniture) === '';
      const anchor = isFirst ? (ownAnchor(sibling) ?? anchorIn(sibling)) : undefined;
      if (anchor !== undefined) return anchor;
    }
    const parent = parentOf(element);
    if (!parent) return undefined;
    const anchor = isFirst || IS_HEADED.has(parent.tagName) ? ownAnchor(parent) : undefined;
    if (anchor !== undefined) return anchor;
    element = parent;
  }
  return undefined;
}

/** What its first heading is the heading of, wherever it stands in it. */
const IS_HEADED: ReadonlySet<string> = new Set(['section', 'article']);

const hasHeading = remembered(
  (element: Element): boolean =>
    headingLevel(element) !== undefined ||
    element.childNodes.some((node) => isElement(node) && !isFurniture(node) && hasHeading(node)),
);

/** Siblings before an element, the nearest first. */
function* before(element: Element): Generator<Node> {
  const siblings: readonly Node[] = element.parentNode?.childNodes ?? [];
  for (let i = positionOf(element, siblings) - 1; i >= 0; i--) yield siblings[i]!;
}

const positions = new WeakMap<Node, number>();

/** Among its siblings, which are counted once: a page may have thousands of headings side by side. */
function positionOf(element: Element, siblings: readonly Node[]): number {
  if (!positions.has(element)) siblings.forEach((sibling, i) => positions.set(sibling, i));
  return positions.get(element) ?? 0;
}
