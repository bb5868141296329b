/** Bytes and recall of queries against a site's files. */

import { Shelf } from '../../src/site/files/index.ts';
import { SiteVectors, type writeVectors } from '../../src/site/vectors/index.ts';
import { eachProducts } from '../../src/site/vectors/products.ts';
import type { Limits } from '../../src/site/vectors/settings.ts';
import { TopK } from '../../src/vectors/top-k.ts';
import { WIDTH } from '../wordnet/vectors.ts';
import { fetcher } from './fetcher.ts';
import type { CountingServer } from './server.ts';

export interface Layout {
  name: string;
  options: NonNullable<Parameters<typeof writeVectors>[3]>;
  limits: Limits;
}

/** Points of the curve of bytes and recall. */
export function effortsFor(limits: Limits): { name: string; limits: Limits }[] {
  const times = (factor: number): Limits => ({
    scan: factor * limits.scan,
    groups: factor * limits.groups,
    rest: factor * limits.rest,
  });
  return [
    { name: 'half', limits: times(0.5) },
    { name: 'as it is', limits },
    { name: 'twice', limits: times(2) },
  ];
}

/** Queries that a reader has answered before later ones are counted. */
const BEFORE_LATER = 10;

export interface Measured {
  /** Of the first query of a reader, each query in turn. */
  bytes: number[];
  /** The same, headers included. */
  wire: number[];
  files: number[];
  /** Of queries of a reader that has answered some. */
  later: number[];
  recall: number;
}

export async function measure(
  server: CountingServer,
  site: string,
  questions: Float32Array,
  wanted: readonly Uint32Array[],
  limits: Limits,
): Promise<Measured> {
  const open = (): Promise<SiteVectors> => SiteVectors.open(new Shelf(site, fetcher(server.url)));
  const measured: Measured = { bytes: [], wire: [], files: [], later: [], recall: 0 };
  const warm = await open();
  for (const [i, best] of wanted.entries()) {
    const query = questions.slice(i * WIDTH, (i + 1) * WIDTH);
    const before = server.sent();
    const fresh = await open();
    const found = await fresh.search(query, 10, limits);
    measured.wire.push(server.sent() - before);
    measured.bytes.push(fresh.traffic.bytes);
    measured.files.push(fresh.traffic.files);
    measured.recall += best.filter((row) => found.rows.includes(row)).length;
    const { bytes } = warm.traffic;
    await warm.search(query, 10, limits);
    if (i >= BEFORE_LATER) measured.later.push(warm.traffic.bytes - bytes);
  }
  measured.recall /= 10 * wanted.length;
  return measured;
}

/** The ten rows of the largest products with each question. */
export function exactTen(rows: Float32Array, questions: Float32Array): Uint32Array[] {
  const tops = Array.from({ length: questions.length / WIDTH }, () => new TopK(10));
  eachProducts(rows, WIDTH, undefined, questions, (row, products) => {
    for (const [i, top] of tops.entries()) top.offer(products[i]!, row);
  });
  return tops.map((top) => top.drain().rows);
}
