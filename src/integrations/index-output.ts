/** What all integrations do: index the folder that a site generator has written, and say so. */

import { indexSite, INTENDED, type IndexEvent, type IndexOptions } from '../indexing/index.ts';

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
): Promise<void> {
  let faults = 0;
  await indexSite({
    baseUrl: /^(\/(?!\/)|https?:)/i.test(baseUrl) ? baseUrl : '/',
    cleanUrls,
    ...options,
    dir: options.dir ?? dir,
    onEvent: (event) => {
      if (isFault(event)) faults++;
      if (faults <= MOST_FAULTS || !isFault(event)) for (const line of linesOf(event)) say(line);
      options.onEvent?.(event);
    },
  });
  if (faults > MOST_FAULTS) say(`And ${faults - MOST_FAULTS} more of such pages.`);
}

/** Pages that are told of one by one. */
const MOST_FAULTS = 20;

function isFault(event: IndexEvent): boolean {
  return event.kind === 'problem' && !INTENDED.has(event.problem.code);
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
      return isFault(event) ? [`${event.problem.path}: ${event.problem.message}`] : [];
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
