/** A page's sections as passages: what is embedded, with all that a hit has to show. */

import { sectionUrl, type Passage } from '../contract/index.ts';
import { cutByTokens, cutPassages } from '../passages/index.ts';
import type { Page, Section } from './page.ts';

export interface PagePassage extends Omit<Section, 'text'> {
  /** Of its section's text: `text === page.sections[section].text.slice(start, end)`. */
  text: string;
  /** In UTF-16 units. */
  start: number;
  end: number;
  /** Which of the page's sections it is of. */
  section: number;
  /** Of its section. */
  url: string;
}

/** Most characters (UTF-16 units) of a passage, or most tokens as `count` counts them. */
export type PassageSize =
  { characters: number } | { tokens: number; count: (text: string) => number };

/** Passages in the order of the page, none over two sections. Throws `bad-input` for a wrong size. */
export function pagePassages({ url, sections }: Page, size: PassageSize): PagePassage[] {
  return sections.flatMap((section, i) => {
    const { anchor, headings, language, weight, text } = section;
    const facts = { headings, weight, section: i, url: sectionUrl(url, anchor ?? '') };
    return cut(text, size).map((passage) => ({
      ...passage,
      ...facts,
      ...(anchor !== undefined && { anchor }),
      ...(language !== undefined && { language }),
    }));
  });
}

function cut(text: string, size: PassageSize): Passage[] {
  if ('tokens' in size) return cutByTokens(text, size.tokens, size.count);
  return cutPassages(text, size.characters);
}
