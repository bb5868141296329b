/** How tests read a piece of HTML. */

import { LeftOut, type ProblemCode, type Section } from '../page.ts';
import { readPage, type HtmlContent } from './index.ts';

/** As a page at /docs/page.html. */
export function page(html: string): HtmlContent {
  return readPage(html, '/docs/page.html', () => undefined);
}

export function sections(html: string): readonly Section[] {
  return page(html).sections;
}

/** Each section's text, one after the other. */
export function texts(html: string): string[] {
  return sections(html).map(({ text }) => text);
}

/** What was not understood. */
export function warnings(html: string): [code: ProblemCode, message: string][] {
  const given: [ProblemCode, string][] = [];
  readPage(html, '/', (code, message) => given.push([code, message]));
  return given;
}

/** Why a page is left out; undefined where it is not. */
export function refusal(read: () => unknown): ProblemCode | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof LeftOut) return error.code;
    throw error;
  }
}
