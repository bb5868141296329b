/** A folder of a built site to pages with sections, and those to passages; reads, and does nothing else. */

export { crawl } from './folder/crawl.ts';
export type { CrawlOptions } from './folder/options.ts';
export type { Page, Problem } from './page.ts';
export { pagePassages } from './page-passages.ts';
