/**
 * What the first query by meaning moves on a site whose index is plain files, and how many of the ten
 * nearest it finds: the vectors of WordNet (`npm run bench:wordnet` first), served over HTTP, fetched by
 * a reader that knows nothing yet, beside a search of all rows in float32. Queries are example sentences
 * and definitions; what queries have in common is told by definitions that are not asked.
 * `npm run bench:site -- [--questions 200] [--rows 100000] [--dry]`
 */

import { parseArgs } from 'node:util';
import { publishInto, type OwnRow } from './results.ts';
import { someRows } from './site/rows.ts';
import { exactTen, measure, EFFORTS } from './site/measure.ts';
import { serveFiles } from './site/server.ts';
import { SiteWriter } from '../src/site/files/index.ts';
import { meanOf } from '../src/site/vectors/dot.ts';
import { writeVectors } from '../src/site/vectors/index.ts';
import { readList, WIDTH } from './wordnet/vectors.ts';

const { values: given } = parseArgs({
  options: {
    questions: { type: 'string', default: '200' },
    rows: { type: 'string', default: '100000' },
    dry: { type: 'boolean', default: false },
  },
});

const rows = someRows(readList('glosses'), Number(given.rows));
const size = `${Number(given.rows) / 1000}k`;
const queryMean = meanOf(readList('definitions', 'fit'), WIDTH);

const start = performance.now();
const writer = new SiteWriter();
await writeVectors(writer, rows, WIDTH, { queryMean });
const { site, files: sealed } = await writer.finish();
const files = [...sealed];
const seconds = (performance.now() - start) / 1000;
const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);

const results: OwnRow[] = [
  one(`build/${size}`, 'time', 's', seconds),
  one(`files/${size}`, 'files', 'files', files.length),
  one(`files/${size}`, 'bytes', 'bytes', total),
];
const server = await serveFiles(files);
for (const list of ['examples', 'definitions'] as const) {
  const questions = readList(list, 'test').subarray(0, Number(given.questions) * WIDTH);
  const wanted = exactTen(rows, questions);
  for (const effort of EFFORTS) {
    const found = await measure(server, site, questions, wanted, effort);
    const name = `${size}/${list}, ${effort.name}`;
    results.push(
      spread(`first-query-bytes/${name}`, 'bytes', 'bytes', found.bytes),
      spread(`first-query-wire/${name}`, 'bytes with HTTP headers', 'bytes', found.wire),
      spread(`first-query-files/${name}`, 'files', 'files', found.files),
      spread(`later-query-bytes/${name}`, 'bytes', 'bytes', found.later),
      { ...one(`recall@10/${name}`, 'recall@10', 'share', found.recall), n: wanted.length },
    );
  }
}
server.close();

if (given.dry) console.table(results);
else publishInto('site', `Node ${process.version}`, results);

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
