/** Words of a site in shards, of which a query fetches its own. */

export { BitReader, BitWriter } from './bits.ts';
export { SHARD_BYTES } from './cut.ts';
export { lookUp } from './lookup.ts';
export { readRows, writeRows } from './postings.ts';
export { homeOf, writeUnits } from './strings.ts';
export { readTermShard, type TermShard } from './term-shard.ts';
export { readTermTable, TermTable, writeTermTable } from './term-table.ts';
export { WordWriter } from './word-writer.ts';
