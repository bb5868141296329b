/** Builds the documentation: pages from Markdown by Eleventy, and their index by our own command. */

import { Eleventy } from '@11ty/eleventy';
import { nearfield } from '../../src/integrations/eleventy.ts';
import { DOCS_POLICY } from '../../vite.shared.ts';
import { addressesOf, COPIED } from './links.ts';
import { rendered } from './markdown.ts';
import { MENU, readPages, type DocsPage } from './pages.ts';

/** Has nothing but the layout: pages come from `docs/` and the root of the repository. */
const TEMPLATES = 'tools/docs/site';
/** Vectors of the builds before, so that only what is new is embedded. */
const CACHE = '.cache/docs-index';

/** Where the pages will be, so that the index names them by their addresses. */
const ADDRESS = process.env['DOCS_URL'] ?? '/docs/';
/** Pages that are found as well, but after those of the manual. */
const PROJECT = MENU.at(-1)!;

/**
 * @param output the documentation's folder in the built site
 * @param index with an index of it, which takes a minute or two where nothing is kept from before
 */
export async function buildDocs(output: string, index: boolean): Promise<void> {
  const pages = await readPages();
  const eleventy = new Eleventy(TEMPLATES, output, {
    quietMode: true,
    config: (config) => {
      // The output is in it.
      config.setUseGitIgnore(false);
      config.setLibrary('md', {
        render: (text, { source }) => {
          const page = pages.get(String(source))!;
          return rendered(text, addressesOf(page, pages));
        },
      });
      config.addPassthroughCopy({ [COPIED]: 'images' });
      if (index) config.addPlugin(nearfield({ baseUrl: ADDRESS, cacheDir: CACHE }));
      for (const page of pages.values()) {
        config.addTemplate(page.file.replace(/html$/, 'md'), page.text, dataOf(page, pages));
      }
    },
  });
  await eleventy.write();
}

/** What the layout is given. */
function dataOf(page: DocsPage, pages: ReadonlyMap<string, DocsPage>): object {
  const all = [...pages.values()];
  const at = all.indexOf(page);
  const menu = MENU.map(({ title, sources }) => ({
    title,
    pages: sources.map((source) => pages.get(source)!),
  }));
  return {
    layout: 'page.njk',
    // Texts are Markdown and no templates: `{{` in them is what it is.
    templateEngineOverride: 'md',
    permalink: page.file,
    policy: DOCS_POLICY,
    source: page.source,
    file: page.file,
    title: page.title,
    description: page.description,
    contents: page.contents,
    weight: PROJECT.sources.includes(page.source) ? 0.6 : 1,
    menu,
    previous: all[at - 1],
    next: all[at + 1],
  };
}
