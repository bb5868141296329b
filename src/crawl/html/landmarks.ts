/** Where the text of a page is: by its landmarks, else where most of its words are. */

import { densestBlock, isLinkList } from './densest.ts';
import { hasNoText, isFurniture, isHidden, isPageHeaderOrFooter, roleOf } from './furniture.ts';
import { attribute, elementsOf, type Element } from './tree.ts';

export interface Content {
  roots: readonly Element[];
  /** Besides furniture. */
  skip: (element: Element) => boolean;
}

/**
 * What may be the content, the best first:
 *
 * 1. what `data-nearfield-body` marks, and then nothing else
 * 2. `main`, or `role="main"`
 * 3. `article`s, or `role="article"`
 * 4. the densest block
 */
export function* contents(body: Element): Generator<Content> {
  const marked = isMarked(body) ? [body] : outermost(elementsOf(body, hasNoText), isMarked);
  if (marked.length > 0) {
    yield { roots: marked, skip: nothing };
    return;
  }
  const main = outermost(elementsOf(body, isOutOfReach), isMain);
  if (main.length > 0) yield { roots: main, skip: nothing };
  const articles = outermost(elementsOf(body, isFurniture), isArticle);
  if (articles.length > 0) yield { roots: articles, skip: nothing };
  const block = densestBlock(body);
  yield {
    roots: [block],
    skip: (element) => isPageHeaderOrFooter(element) || isLinkList(element, block),
  };
}

function outermost(elements: Iterable<Element>, wanted: (element: Element) => boolean): Element[] {
  const found = new Set<unknown>();
  const roots: Element[] = [];
  for (const element of elements) {
    const isInside = found.has(element.parentNode);
    if (isInside || wanted(element)) found.add(element);
    if (!isInside && wanted(element)) roots.push(element);
  }
  return roots;
}

function nothing(): boolean {
  return false;
}

function isMarked(element: Element): boolean {
  return attribute(element, 'data-nearfield-body') !== undefined;
}

function isOutOfReach(element: Element): boolean {
  return hasNoText(element) || isHidden(element);
}

function isMain(element: Element): boolean {
  return element.tagName === 'main' || roleOf(element) === 'main';
}

function isArticle(element: Element): boolean {
  return element.tagName === 'article' || roleOf(element) === 'article';
}
