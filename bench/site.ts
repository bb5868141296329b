/**
 * What the first query by meaning moves on a site whose index is plain files, in how many requests, and
 * how many of the ten nearest it finds: the vectors of WordNet (`npm run bench:wordnet` first), served
 * over HTTP, fetched by a reader that knows nothing yet, beside a search of all rows in float32. Queries
 * are example sentences and definitions; what queries have in common is told by definitions that are not
 * asked. More rows than WordNet has are its rows with jitter.
 * `npm run bench:site -- [--questions 200] [--rows 2000,10000,100000] [--dry]`
 */

import { parseArgs } from 'node:util';
import { publishInto, type OwnRow } from './results.ts';
import { someRows } from './site/rows.ts';
import { effortsFor, exactTen, measure, type Layout } from './site/measure.ts';
import { serveFiles } from './site/server.ts';
import { SiteWriter } from '../src/site/files/index.ts';
import { meanOf } from '../src/contract/index.ts';
import { writeVectors } from '../src/site/vectors/index.ts';
import { limitsFor } from '../src/site/vectors/settings.ts';
import { readList, WIDTH } from './wordnet/vectors.ts';

const { values: given } = parseArgs({
  options: {
    questions: { type: 'string', default: '200' },
    rows: { type: 'string', default: '2000,10000,100000' },
    dry: { type: 'boolean', default: false },
  },
});

/** Fewer bytes for the same recall, in many more requests. */
const SMALL_FILES: Layout = {
  name: ' in small files',
  options: { rowsPerSector: 32, rowsPerCell: 32, groupRows: 8 },
  limits: { scan: 10_000, groups: 200, rest: 24 },
};

const queryMean = meanOf(readList('definitions', 'fit'), WIDTH);
const results: OwnRow[] = [];
for (const count of given.rows.split(',').map(Number)) {
  const rows = someRows(readList('glosses'), count);
  const size = count < 1e6 ? `${count / 1000}k` : `${count / 1e6}m`;
  results.push(...(await resultsOf(rows, { name: size, options: {}, limits: limitsFor(count) })));
  if (count !== 100_000) continue;
  results.push(...(await resultsOf(rows, { ...SMALL_FILES, name: size + SMALL_FILES.name })));
}
if (given.dry) console.table(results);
else publishInto('site', `Node ${process.version}`, results);

async function resultsOf(
  rows: Float32Array,
  { name: size, options, limits }: Layout,
): Promise<OwnRow[]> {
  const start = performance.now();
  const writer = new SiteWriter();
  await writeVectors(writer, rows, WIDTH, { queryMean, ...options });
  const { site, files: sealed } = await writer.finish();
  const files = [...sealed];
  const seconds = (performance.now() - start) / 1000;
  const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const found: OwnRow[] = [
    one(`build/${size}`, 'time', 's', seconds),
    one(`files/${size}`, 'files', 'files', files.length),
    one(`files/${size}`, 'bytes', 'bytes', total),
  ];
  const server = await serveFiles(files);
  for (const list of ['examples', 'definitions'] as const) {
    const questions = readList(list, 'test').subarray(0, Number(given.questions) * WIDTH);
    const wanted = exactTen(rows, questions);
    for (const effort of effortsFor(limits)) {
      const moved = await measure(server, site, questions, wanted, effort.limits);
      const name = `${size}/${list}, ${effort.name}`;
      found.push(
        spread(`first-query-bytes/${name}`, 'bytes', 'bytes', moved.bytes),
        spread(`first-query-wire/${name}`, 'bytes with HTTP headers', 'bytes', moved.wire),
        spread(`first-query-files/${name}`, 'files', 'files', moved.files),
        spread(`later-query-bytes/${name}`, 'bytes', 'bytes', moved.later),
        { ...one(`recall@10/${name}`, 'recall@10', 'share', moved.recall), n: wanted.length },
      );
    }
  }
  server.close();
  return found;
}

function one(name: string, metric: string, unit: string, value: number): OwnRow {
  return spread(name, metric, unit, [value]);
}

/** Means: what a query moves adds up. */
function spread(name: string, metric: string, unit: string, values: readonly number[]): OwnRow {
  const round = (value: number): number => Number(value.toPrecision(4));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [min, max] = [round(Math.min(...values)), round(Math.max(...values))];
  return { case: name, metric, unit, ours: round(mean), n: values.length, min, max };
}
