/** Links of the documentation: where they lead in the built site, and which lead nowhere. */

import { existsSync } from 'node:fs';
import { isLocal, linksOf, targetOf, type Address } from './markdown.ts';
import type { DocsPage } from './pages.ts';

type Pages = ReadonlyMap<string, DocsPage>;

/** Files beside the pages that the build copies, as they are linked. */
export const COPIED = 'docs/images/';

/** Addresses in the built site, where all pages lie in one folder. */
export function addressesOf(page: DocsPage, pages: Pages): Address {
  return (link) => {
    if (!isLocal(link) || link.startsWith('#')) return link;
    const { file, anchor } = targetOf(page.source, link);
    const there = pages.get(file)?.file ?? file.replace(/^docs\//, '');
    return anchor === '' ? there : `${there}#${anchor}`;
  };
}

/**
 * What is wrong with a page's links, a sentence each. They have to work on GitHub and in the built
 * site alike, so they lead to pages of the menu by their Markdown files, or to what is copied.
 */
export function brokenLinks(page: DocsPage, pages: Pages): string[] {
  return linksOf(page.text)
    .filter(isLocal)
    .flatMap((link) => {
      const fault = faultOf(page, link, pages);
      return fault === undefined ? [] : [`${page.source}: ${link}: ${fault}`];
    });
}

function faultOf(page: DocsPage, link: string, pages: Pages): string | undefined {
  const { file, anchor } = targetOf(page.source, link);
  const target = pages.get(file);
  if (target === undefined) {
    if (!file.startsWith(COPIED)) return `expected a page of the menu or a file of ${COPIED}`;
    return existsSync(file) ? undefined : 'there is no such file';
  }
  if (anchor === '' || target.anchors.has(anchor)) return undefined;
  return `${file} has no heading with that anchor`;
}
