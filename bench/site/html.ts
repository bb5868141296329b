/** Pages of the benchmark as a generator would have built them. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from './corpus.ts';

/** Beside the pages, `blank.html`, which has no text. */
export function writePages(pages: readonly Page[], folder: string): void {
  for (const page of pages) {
    const path = join(folder, pathOf(page.url), 'index.html');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, htmlOf(page));
  }
  writeFileSync(join(folder, 'blank.html'), '<!doctype html><html lang="en"><title>-</title>');
}

/** Where a page lies in the folder: plain enough for any server, and nothing that a crawl leaves out. */
export function pathOf(url: string): string {
  return url.replaceAll('@', '').replaceAll('node_modules', 'below');
}

function htmlOf({ title, language, sections }: Page): string {
  const body = sections.map(({ heading, text }, i) => {
    const paragraphs = text.split(/\n{2,}/).map((paragraph) => `<p>${escaped(paragraph)}</p>`);
    const head = heading === undefined ? '' : `<h2 id="s${i}">${escaped(heading)}</h2>`;
    return `${head}\n${paragraphs.join('\n')}`;
  });
  return `<!doctype html><html lang="${language}"><title>${escaped(title)}</title><body><h1>${escaped(title)}</h1>\n${body.join('\n')}</body></html>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
