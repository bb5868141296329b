/**
 * What a visitor's search by words moves on a site of 10,000 pages, beside Pagefind on the same pages:
 * bodies of the index's files, without code, over a plain static server. In Chromium for Pagefind, with
 * its own client; in Node for ours. `npm run bench:site-words -- [--dry]`.
 */

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Shelf, SiteWriter } from '../../src/site/files/index.ts';
import { TextReader } from '../../src/site/text-reader.ts';
import { writeText } from '../../src/site/text-writer.ts';
import { browserName } from '../browser.ts';
import { publishInto, toRow, type ResultRow } from '../results.ts';
import { benchPages, benchQueries, passagesOf } from './corpus.ts';
import { serveFolder, type CountingServer } from './server.ts';
import { fetcher } from './fetcher.ts';
import { compareLimits } from './limits.ts';
import { writePages } from './html.ts';
import { buildPagefind, withPagefind, type Client, type Moved } from './pagefind.ts';

const RIVAL = 'pagefind';
const SESSION = 10;

interface Side {
  first: Moved[];
  tenth: Moved[];
}

export async function main(): Promise<ResultRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nearfield-site-'));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  try {
    const pages = benchPages();
    const passages = [...passagesOf(pages)];
    const queries = benchQueries(pages);
    const writer = new SiteWriter();
    const numbers = await writeText(writer, passages);
    const { site, files } = await writer.finish();
    for (const { name, bytes } of files) {
      mkdirSync(dirname(join(ours, name)), { recursive: true });
      writeFileSync(join(ours, name), bytes);
    }
    writePages(pages, theirs);
    await buildPagefind(theirs);
    const units = passages.reduce((sum, { text }) => sum + text.length, 0);
    console.log(`${pages.length} pages, ${passages.length} passages, ${units} UTF-16 units`);
    const servers = [await serveFolder(ours), await serveFolder(theirs)] as const;
    const open = (): Promise<TextReader> => openReader(site, servers[0]);
    const sides = await withPagefind(servers[1], (openTheirs) =>
      compare(queries, async () => clientOf(await open()), openTheirs),
    );
    const limits = await compareLimits({ passages, numbers, queries, open });
    for (const server of servers) server.close();
    return [...rowsOf(sides), sizeRow(ours, join(theirs, 'pagefind')), ...limits];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openReader(site: string, server: CountingServer): Promise<TextReader> {
  return TextReader.open(new Shelf(site, fetcher(server.url)));
}

/** @param reader which may have read its first file: that is counted with the first query */
function clientOf(reader: TextReader): Client {
  let before: Moved = { files: 0, bytes: 0 };
  return {
    ask: async (query) => {
      const { hits, words } = await reader.search(query);
      const ids = hits.map(({ id }) => id);
      await reader.fragments(ids, { forms: words.forms });
      const { files, bytes } = reader.traffic;
      const moved = { files: files - before.files, bytes: bytes - before.bytes };
      before = { files, bytes };
      return moved;
    },
  };
}

/** Each query with a client that has read nothing; and the tenth of sessions of ten queries. */
async function compare(
  queries: readonly string[],
  ...sides: readonly (() => Promise<Client>)[]
): Promise<Side[]> {
  const found = sides.map((): Side => ({ first: [], tenth: [] }));
  for (const [i, query] of queries.entries()) {
    const start = i - (i % SESSION);
    for (const [s, open] of sides.entries()) {
      const client = await open();
      found[s]!.first.push(await client.ask(query));
      if (i % SESSION !== 0) continue;
      let last: Moved | undefined;
      for (const next of queries.slice(start + 1, start + SESSION)) last = await client.ask(next);
      if (last) found[s]!.tenth.push(last);
    }
  }
  return found;
}

function rowsOf([ours, theirs]: readonly Side[]): ResultRow[] {
  const row = (name: 'first' | 'tenth', metric: keyof Moved): ResultRow =>
    toRow({
      case: `words-${name}-query-${metric}`,
      metric: 'median',
      unit: metric === 'bytes' ? 'B' : 'files',
      rival: RIVAL,
      ours: ours![name].map((moved) => moved[metric]),
      theirs: theirs![name].map((moved) => moved[metric]),
    });
  const high = [ours!, theirs!].map(({ first }) => p95(first.map(({ bytes }) => bytes)));
  return [
    row('first', 'bytes'),
    {
      ...toRow({
        case: 'words-first-query-bytes',
        metric: 'p95',
        unit: 'B',
        rival: RIVAL,
        ours: [high[0]!],
        theirs: [high[1]!],
      }),
      n: ours!.first.length,
    },
    row('first', 'files'),
    row('tenth', 'bytes'),
    row('tenth', 'files'),
  ];
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1]!;
}

function sizeRow(ours: string, theirs: string): ResultRow {
  return toRow({
    case: 'words-index',
    metric: 'bytes on the server',
    unit: 'B',
    rival: RIVAL,
    ours: [bytesIn(ours)],
    theirs: [bytesIn(theirs)],
  });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = await main();
  const tool = `Node ${process.version}, ${browserName()}, pagefind 1.5.2`;
  if (process.argv.includes('--dry')) console.table(rows);
  else publishInto('site-words', tool, rows);
}
