/** What of a page is not its text: scripts, controls, navigation, things out of sight. */

import {
  attribute,
  classes,
  isElement,
  isText,
  parentOf,
  remembered,
  textOf,
  type Element,
} from './tree.ts';

/** Programs, drawings and controls. */
const NO_TEXT: ReadonlySet<string> = new Set(
  (
    'script style template noscript noframes head title iframe object embed svg canvas audio video ' +
    'map select datalist textarea input progress meter label annotation annotation-xml rp rt'
  ).split(' '),
);

const ASIDE: ReadonlySet<string> = new Set(['nav', 'aside', 'search', 'menu']);

const ASIDE_ROLES: ReadonlySet<string> = new Set(
  (
    'navigation banner contentinfo complementary search menu menubar toolbar tablist dialog ' +
    'alertdialog doc-toc'
  ).split(' '),
);

/** What Rouge, Pygments, Prism and highlight.js call the numbers beside lines of code. */
const LINE_NUMBERS = ['lineno', 'linenos', 'line-number', 'line-numbers', 'gutter'];

const OUT_OF_SIGHT = /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b/i;

/** Whether nothing in it is text of the page, wherever it stands. */
export function isFurniture(element: Element): boolean {
  return (
    hasNoText(element) ||
    ASIDE.has(element.tagName) ||
    ASIDE_ROLES.has(roleOf(element)) ||
    isHidden(element) ||
    isIgnored(element) ||
    isButton(element) ||
    (element.tagName !== 'pre' && classes(element).some((name) => LINE_NUMBERS.includes(name)))
  );
}

/** Whether what is in it is no text at all, whatever its attributes say. */
export function hasNoText({ tagName }: Element): boolean {
  return NO_TEXT.has(tagName);
}

/** Whether nobody sees it. What opens on a click, or when it is found, can be seen. */
export function isHidden(element: Element): boolean {
  const hidden = attribute(element, 'hidden');
  if (hidden !== undefined && hidden.toLowerCase() !== 'until-found') return true;
  if (attribute(element, 'aria-hidden') === 'true') return true;
  if (element.tagName === 'dialog' && attribute(element, 'open') === undefined) return true;
  return OUT_OF_SIGHT.test(attribute(element, 'style') ?? '');
}

/** `data-nearfield-ignore`. */
function isIgnored(element: Element): boolean {
  return attribute(element, 'data-nearfield-ignore') !== undefined;
}

const SECTIONS: ReadonlySet<string> = new Set(['article', 'section', 'main']);

/** A header or footer that is in no section (HTML-AAM 1.0, `header` and `footer`). */
export function isPageHeaderOrFooter(element: Element): boolean {
  if (element.tagName !== 'header' && element.tagName !== 'footer') return false;
  return !isInSection(element);
}

const isInSection = remembered((element: Element): boolean => {
  const parent = parentOf(element);
  if (!parent) return false;
  return SECTIONS.has(parent.tagName) || roleOf(parent) === 'main' || isInSection(parent);
});

export function roleOf(element: Element): string {
  return attribute(element, 'role')?.trim().toLowerCase() ?? '';
}

/** 1 to 6; undefined for what is no heading. */
export function headingLevel(element: Element): number | undefined {
  const { tagName } = element;
  if (/^h[1-6]$/.test(tagName)) return Number(tagName[1]);
  if (roleOf(element) !== 'heading') return undefined;
  const level = Number(attribute(element, 'aria-level') ?? 2);
  return Number.isInteger(level) && level >= 1 ? Math.min(level, 6) : 2;
}

/**
 * Text of a heading, without the signs that link to it and its buttons; else what its links or
 * buttons say; else what its image shows.
 */
export function headingText(heading: Element): string {
  return (
    textOf(heading, (element) => isFurniture(element) || isSign(element) || isPermalink(element)) ||
    textOf(heading, (element) => isFurniture(element) || isSign(element)) ||
    textOf(heading, (element) => !isButton(element) && isFurniture(element)) ||
    imageText(heading)
  );
}

/** A control; in a heading, its sign or its text. */
export function isButton(element: Element): boolean {
  return element.tagName === 'button' || roleOf(element) === 'button';
}

/** A link within the page that is no word: '¶', '#'. */
function isSign(link: Element): boolean {
  return isFragmentLink(link) && !hasWord(link);
}

const hasWord = remembered((element: Element): boolean =>
  element.childNodes.some((node) => {
    if (isText(node)) return /[\p{L}\p{N}]/u.test(node.value);
    return isElement(node) && !isFurniture(node) && hasWord(node);
  }),
);

const PERMALINK_CLASS = /(?:^|[\s_-])(?:anchor|header-?link|heading-?link|perma-?link|hash-?link)/i;

/** 'Link to this heading', as generators put into headings. */
function isPermalink(link: Element): boolean {
  return isFragmentLink(link) && PERMALINK_CLASS.test(attribute(link, 'class') ?? '');
}

function isFragmentLink(element: Element): boolean {
  return element.tagName === 'a' && (attribute(element, 'href')?.includes('#') ?? false);
}

function imageText(element: Element): string {
  for (const node of element.childNodes) {
    if (!isElement(node) || isFurniture(node)) continue;
    const text = node.tagName === 'img' ? (attribute(node, 'alt') ?? '').trim() : imageText(node);
    if (text !== '') return text;
  }
  return '';
}
