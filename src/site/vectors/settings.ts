/** How an index is laid out, and how much of it a search reads, by the number of its rows. */

import type { Settings } from './learn.ts';

/** How much a search reads at most, for every ten results. */
export interface Limits {
  /** Rows whose short codes are read. */
  scan: number;
  /** Files of long codes, and of what they leave. */
  groups: number;
  rest: number;
}

interface Size {
  /** Rows of an index up to this have these settings. */
  rows: number;
  layout: Omit<Settings, 'seed'>;
  limits: Limits;
}

const CODES = { meanGroups: 42, rowGroups: 58 };

/** Measured on WordNet by bench/site.ts: larger files are fewer requests, and more bytes that nobody wanted. */
const SIZES: readonly Size[] = [
  {
    rows: 3000,
    layout: { rowsPerSector: 512, rowsPerCell: 40, groupRows: 64, longLevels: 16, ...CODES },
    limits: { scan: 3000, groups: 17, rest: 4 },
  },
  {
    rows: 30_000,
    layout: { rowsPerSector: 512, rowsPerCell: 32, groupRows: 48, longLevels: 16, ...CODES },
    limits: { scan: 7500, groups: 60, rest: 8 },
  },
  {
    rows: 300_000,
    layout: { rowsPerSector: 96, rowsPerCell: 32, groupRows: 32, longLevels: 4, ...CODES },
    limits: { scan: 13_000, groups: 80, rest: 12 },
  },
  // A guess: nothing past 100,000 rows was measured.
  {
    rows: Infinity,
    layout: { rowsPerSector: 384, rowsPerCell: 96, groupRows: 48, longLevels: 4, ...CODES },
    limits: { scan: 24_000, groups: 80, rest: 10 },
  },
];

function sizeOf(rows: number): Size {
  return SIZES.find((size) => rows <= size.rows)!;
}

export function settingsFor(rows: number): Settings {
  return { ...sizeOf(rows).layout, seed: 1 };
}

export function limitsFor(rows: number): Limits {
  return sizeOf(rows).limits;
}
