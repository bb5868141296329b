/**
 * The densest block of a page without landmarks: where most words outside links are, as readability
 * rules go. Menus are links, and texts are mostly not.
 */

import { headingLevel, isFurniture, isPageHeaderOrFooter } from './furniture.ts';
import { isElement, isText, remembered, type Element } from './tree.ts';

/** Share of a block's words that one child must have to stand for it. */
const MOST = 0.75;
/** Share of a list's characters that are links, from which on it is a menu. */
const ALMOST_ALL = 0.9;
const MENU_LINKS = 3;
const MENUS: ReadonlySet<string> = new Set(['ul', 'ol', 'div', 'table', 'p', 'center']);

interface Weights {
  /** Characters that are not blank, outside links. */
  plain: number;
  linked: number;
  links: number;
  /** Has a first-level heading. */
  headed: boolean;
}

/** From the body inwards, as long as one child has most of the words and no heading is lost. */
export function densestBlock(body: Element): Element {
  let block = body;
  for (;;) {
    const whole = weigh(block);
    const next = block.childNodes
      .filter(isElement)
      .filter((child) => !isLeftOut(child) && !WITHIN_LINES.has(child.tagName))
      .find((child) => stands(weigh(child), whole));
    if (!next) return block;
    block = next;
  }
}

/** Words that make no block by themselves. */
const WITHIN_LINES: ReadonlySet<string> = new Set(
  'a p pre ul ol dl li table h1 h2 h3 h4 h5 h6 blockquote span b i em strong font code'.split(' '),
);

function stands(part: Weights, whole: Weights): boolean {
  return part.plain > 0 && part.plain >= MOST * whole.plain && part.headed === whole.headed;
}

/** A menu or a bar of links in a block that has other text. */
export function isLinkList(element: Element, block: Element): boolean {
  if (!MENUS.has(element.tagName)) return false;
  const { plain, linked, links, headed } = weigh(element);
  if (links < MENU_LINKS || headed || linked < ALMOST_ALL * (plain + linked)) return false;
  return weigh(block).plain > linked;
}

const weigh = remembered((element: Element): Weights => {
  const weights: Weights = { plain: 0, linked: 0, links: 0, headed: headingLevel(element) === 1 };
  for (const node of element.childNodes) {
    if (isText(node)) weights.plain += node.value.replaceAll(/\s+/g, '').length;
    if (isElement(node) && !isLeftOut(node)) add(weights, weigh(node));
  }
  if (element.tagName === 'a') {
    weights.linked += weights.plain;
    weights.plain = 0;
    weights.links++;
  }
  return weights;
});

function add(sum: Weights, { plain, linked, links, headed }: Weights): void {
  sum.plain += plain;
  sum.linked += linked;
  sum.links += links;
  sum.headed ||= headed;
}

function isLeftOut(element: Element): boolean {
  return isFurniture(element) || isPageHeaderOrFooter(element);
}
