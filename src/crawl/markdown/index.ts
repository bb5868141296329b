/** A Markdown file to what the page says. */

import { readFragment } from '../html/index.ts';
import { LeftOut, type PageContent, type Warn } from '../page.ts';
import { titleOfUrl } from '../title.ts';
import { splitFrontMatter, type FrontMatter } from './front-matter.ts';
import { rendered } from './render.ts';

export interface MarkdownPage {
  content: PageContent;
  /** Where the page will be, if not at its file's place. */
  permalink: string | undefined;
}

/** Throws `draft`, `bad-front-matter`, `empty` and `too-complex`. */
export function readMarkdown(text: string, pageUrl: string, warn: Warn): MarkdownPage {
  const { matter, body } = splitFrontMatter(text.replaceAll(/\r\n?/g, '\n'));
  if (matter.draft) throw new LeftOut('draft', 'Its front matter says that it is a draft.');
  const content = readFragment(rendered(body), pageUrl, warn);
  return { content: withMatter(content, matter, pageUrl), permalink: matter.permalink };
}

function withMatter(
  content: ReturnType<typeof readFragment>,
  matter: FrontMatter,
  pageUrl: string,
): PageContent {
  const { title = content.title ?? titleOfUrl(pageUrl), date, tags } = matter;
  const { description = content.description, language = content.language } = matter;
  return {
    ...content,
    title,
    ...(description !== undefined && { description }),
    ...(language !== undefined && { language }),
    metadata: { ...content.metadata, ...(date !== undefined && { date }) },
    filters: { ...content.filters, ...(tags.length > 0 && { tags }) },
    sections: content.sections.map((section) => ({
      ...section,
      ...(language !== undefined && { language: section.language ?? language }),
    })),
  };
}
