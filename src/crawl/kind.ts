/** What a file is read as, by its name. */

export type Kind = 'html' | 'markdown' | 'json' | 'jsonl';

const EXTENSIONS: Readonly<Record<Kind, readonly string[]>> = {
  html: ['html', 'htm', 'xhtml'],
  markdown: ['md', 'markdown'],
  json: ['json'],
  jsonl: ['jsonl', 'ndjson'],
};

const KINDS: ReadonlyMap<string, Kind> = new Map(
  (Object.keys(EXTENSIONS) as Kind[]).flatMap((kind) =>
    EXTENSIONS[kind].map((extension) => [extension, kind]),
  ),
);

export function kindOf(path: string): Kind | undefined {
  return KINDS.get(/\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '');
}

/** As files are named: in lower case, then in upper case, the likeliest first in each. */
export function extensionsOf(kind: Kind): string[] {
  const lower = EXTENSIONS[kind];
  return [...lower, ...lower.map((extension) => extension.toUpperCase())];
}
