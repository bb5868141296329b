/** A filter as a bitmap beside looking at every row's metadata, at 100,000 rows. */

import { checkedFilter, MetadataIndex } from '../../src/collection/filter/index.ts';
import type { Filter, Metadata } from '../../src/contract/index.ts';
import { countBits } from '../../src/vectors/bitmap.ts';
import { toRow, type ResultRow } from '../results.ts';
import { randomOf } from '../../src/light/random.ts';

const ROWS = 100_000;
const ROUNDS = 51;

interface Row extends Metadata {
  year: number;
  lang: string;
  tags: string[];
  id: number;
}

interface Case {
  filter: Filter;
  /** The same by hand, as fast as JavaScript does it. */
  scan: (row: Row) => boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  'keeps 0.1 %': {
    filter: { id: { gte: 500, lt: 600 } },
    scan: ({ id }) => id >= 500 && id < 600,
  },
  'keeps 3 %': {
    filter: { lang: 'l3', year: { gte: 2000 } },
    scan: ({ lang, year }) => lang === 'l3' && year >= 2000,
  },
  'keeps half': { filter: { year: { gte: 1985 } }, scan: ({ year }) => year >= 1985 },
  'or, not, contains': {
    filter: { or: [{ tags: { contains: 't7' } }, { not: { year: { lt: 2020 } } }] },
    scan: ({ tags, year }) => tags.includes('t7') || !(year < 2020),
  },
};

export function compareFilters(): ResultRow[] {
  const rows = metadata();
  const index = new MetadataIndex();
  for (const [row, values] of rows.entries()) index.add(row, 1, values);
  return Object.entries(CASES).map(([name, { filter, scan }]) => {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let started = performance.now();
      const bits = index.evaluate(checkedFilter(filter));
      ours.push(performance.now() - started);
      started = performance.now();
      let count = 0;
      for (const row of rows) if (scan(row)) count++;
      theirs.push(performance.now() - started);
      if (count !== countBits(bits)) throw new Error(`${name}: ${countBits(bits)}, not ${count}`);
    }
    const about = { case: `filter of 100k rows, ${name}`, metric: 'time', unit: 'ms' };
    return toRow({ ...about, rival: 'a look at every row', ours, theirs });
  });
}

function metadata(): Row[] {
  const random = randomOf(3);
  const whole = (below: number): number => Math.floor(random() * below);
  return Array.from({ length: ROWS }, () => ({
    id: whole(ROWS),
    year: 1950 + whole(76),
    lang: `l${whole(12)}`,
    tags: Array.from({ length: whole(4) }, () => `t${whole(50)}`),
  }));
}
