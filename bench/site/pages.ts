/**
 * The same 10,000 pages of HTML indexed by Pagefind and by `nearfield index`: how often each finds the
 * page that answers, what queries move and take in Chromium, and how long building takes.
 * `npm run bench:site-pages -- [--keep FOLDER] [--every 1] [--dry]` after `npm run build:lib`; the first run
 * embeds 36,000 passages and as many short queries, which takes an hour and more on two cores: FOLDER keeps
 * them. With `--every 40` only each fortieth page is taken, to try it; that is not recorded.
 */

import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { indexSite, type IndexReport } from '../../src/indexing/index.ts';
import { browserName } from '../browser.ts';
import { ownRow, publishInto, toRow, type OwnRow, type ResultRow } from '../results.ts';
import { askAll, withClients, type Answer, type Asked, type Side } from './clients.ts';
import { serveFolders } from './server.ts';
import { pathOf, writePages } from './html.ts';
import { labelledPages, type Labelled, type LabelledQuery, type QueryKind } from './labelled.ts';
import { buildPagefind } from './pagefind.ts';

const { values: given } = parseArgs({
  options: {
    keep: { type: 'string', default: '.cache/site-pages' },
    every: { type: 'string', default: '1' },
    dry: { type: 'boolean', default: false },
  },
});

const RIVAL = 'pagefind';
const KINDS: readonly QueryKind[] = ['known', 'paraphrase', 'translation'];
const SESSION = 10;

async function main(): Promise<(ResultRow | OwnRow)[]> {
  const keep = given.keep;
  const folders = { pages: join(keep, 'pages'), out: join(keep, 'index') };
  const { pages, queries } = some(labelledPages(), Number(given.every));
  rmSync(folders.pages, { recursive: true, force: true });
  mkdirSync(folders.pages, { recursive: true });
  writePages(pages, folders.pages);
  const report = await indexSite({
    dir: folders.pages,
    out: folders.out,
    cacheDir: join(keep, 'cache'),
  });
  const words = await indexSite({
    dir: folders.pages,
    out: join(keep, 'words'),
    model: false,
  });
  const start = performance.now();
  await buildPagefind(folders.pages);
  const seconds = (performance.now() - start) / 1000;
  const server = await serveFolders({
    '/': folders.pages,
    '/nearfield/': folders.out,
    '/lib/': 'dist',
    '/models/': 'public/models',
  });
  try {
    const asked = await withClients(server, (open) => askAll(open, queries, SESSION));
    return [
      ...KINDS.flatMap((kind) => qualityRows(asked, queries, kind)),
      ...trafficRows(asked),
      ...buildRows(report, words, seconds),
      sizeRow(words.bytes, join(folders.pages, 'pagefind')),
    ];
  } finally {
    server.close();
  }
}

function some({ pages, queries }: Labelled, every: number): Labelled {
  const kept = pages.filter((_, i) => i % every === 0);
  const urls = new Set(kept.map(({ url }) => url));
  const answered = queries.filter((query) => [...query.urls].some((url) => urls.has(url)));
  return { pages: kept, queries: answered };
}

/** Share of the questions of a kind whose answer is among the first pages. */
function qualityRows(
  asked: Readonly<Record<Side, Asked>>,
  queries: readonly LabelledQuery[],
  kind: QueryKind,
): ResultRow[] {
  const of = queries.flatMap((query, i) => (query.kind === kind ? [i] : []));
  const share = (side: Side, most: number): number =>
    of.filter((i) => isFound(asked[side].answers[i]!, queries[i]!, most)).length / of.length;
  return ([1, 5] as const).flatMap((most) =>
    (['words', 'light', 'model'] as const).map((side) => ({
      ...toRow({
        case: `${side === 'words' ? 'words' : 'hybrid'}-success@${most}/${kind}`,
        metric:
          side === 'words'
            ? 'share'
            : `share, by the ${side === 'light' ? 'query encoder' : 'model'}`,
        unit: 'share',
        rival: RIVAL,
        ours: [share(side, most)],
        theirs: [share('pagefind', most)],
        better: 'higher',
      }),
      n: of.length,
    })),
  );
}

function isFound({ urls }: Answer, { urls: right, without }: LabelledQuery, most: number): boolean {
  const wanted = new Set([...right].map(served));
  const left = without === undefined ? undefined : served(without);
  return urls
    .filter((url) => url !== left)
    .slice(0, most)
    .some((url) => wanted.has(url));
}

/** A page's path as a browser tells it. */
function served(url: string): string {
  return new URL(pathOf(url), 'http://site').pathname;
}

function trafficRows(asked: Readonly<Record<Side, Asked>>): ResultRow[] {
  return (['words', 'light'] as const).flatMap((side) =>
    (['first', 'tenth'] as const).flatMap((which) =>
      (['bytes', 'files', 'ms'] as const).map((metric) =>
        toRow({
          case: `${which}-query-${metric}/${side}`,
          metric: 'median',
          unit: metric === 'bytes' ? 'B' : metric,
          rival: RIVAL,
          ours: asked[side][which].map((moved) => moved[metric]),
          theirs: asked.pagefind[which].map((moved) => moved[metric]),
        }),
      ),
    ),
  );
}

function buildRows(
  report: IndexReport,
  words: IndexReport,
  seconds: number,
): (ResultRow | OwnRow)[] {
  const build = { metric: 'time', unit: 's' };
  return [
    toRow({
      ...build,
      case: 'build-10k-pages/words',
      rival: RIVAL,
      ours: [words.seconds],
      theirs: [seconds],
    }),
    ownRow({
      ...build,
      case: `build-10k-pages/${report.embedded} texts embedded, ${report.cached} from before`,
      ours: [report.seconds],
    }),
    ownRow({ case: 'index-10k-pages', metric: 'bytes', unit: 'B', ours: [report.bytes] }),
    ownRow({ case: 'index-10k-pages', metric: 'files', unit: 'files', ours: [report.files] }),
  ];
}

function sizeRow(ours: number, theirs: string): ResultRow {
  const bytes = readdirSync(theirs, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return toRow({
    case: 'index-10k-pages/words',
    metric: 'bytes on the server',
    unit: 'B',
    rival: RIVAL,
    ours: [ours],
    theirs: [bytes],
  });
}

const rows = await main();
if (given.dry || given.every !== '1') console.table(rows);
else publishInto('site', `Node ${process.version}, ${browserName()}, pagefind 1.5.2`, rows);
