/** What all integrations do: index the folder that a site generator has written, and say so. */

import {
  indexSite,
  type IndexEvent,
  type IndexOptions,
  type IndexReport,
} from '../indexing/index.ts';

/** Those of `indexSite`, of which an integration fills in the folder, its address and its manner. */
export type IntegrationOptions = Omit<IndexOptions, 'dir'> & {
  /** Folder to index. @default the generator's output */
  dir?: string | undefined;
};

/** What the generator knows. */
export interface GeneratedSite {
  /** Folder of its output. */
  dir: string;
  /** Address that it is built for: a path, or a URL. What is neither is taken for '/'. */
  baseUrl?: string | undefined;
  /** It links to `about`, not to `about.html`. */
  cleanUrls?: boolean | undefined;
}

/** Rejects as `indexSite`, so that a build fails with it. @param say a line to the person who builds */
export async function indexOutput(
  { dir, baseUrl = '/', cleanUrls = false }: GeneratedSite,
  options: IntegrationOptions,
  say: (line: string) => void = sayOnError,
): Promise<IndexReport> {
  const report = await indexSite({
    baseUrl: /^(\/(?!\/)|https?:)/i.test(baseUrl) ? baseUrl : '/',
    cleanUrls,
    ...options,
    dir: options.dir ?? dir,
    onEvent: (event) => {
      for (const line of linesOf(event)) say(line);
      options.onEvent?.(event);
    },
  });
  return report;
}

/** Where progress goes, so that what a build prints stays what it was. */
function sayOnError(line: string): void {
  process.stderr.write(`[nearfield] ${line}\n`);
}

function linesOf(event: IndexEvent): string[] {
  switch (event.kind) {
    case 'warning':
      return [event.message];
    case 'problem':
      return [`${event.problem.path}: ${event.problem.message}`];
    case 'estimate': {
      const { seconds, passages, queries } = event;
      const texts = passages + queries;
      return texts === 0
        ? []
        : [`Embedding ${texts} texts, which takes some ${Math.ceil(seconds)} s.`];
    }
    case 'done': {
      const { pages, passages, files, bytes, seconds, out } = event.report;
      const size = `${Math.ceil(bytes / 1000)} kB`;
      return [
        `${pages} pages, ${passages} passages: ${files} files, ${size} in ${out} (${seconds.toFixed(1)} s).`,
      ];
    }
    case 'model':
    case 'reading':
    case 'read':
    case 'embedding':
    case 'fitting':
    case 'writing':
      return [];
  }
}
