/** The file that is read first: what of the index is where. */

import { NearfieldError } from '../contract/index.ts';
import { ByteWriter } from '../words/varint.ts';
import { ByteReader, damaged, type FileParts, type OpenedParts } from './files/index.ts';
import {
  BitReader,
  BitWriter,
  readRows,
  readTermTable,
  writeRows,
  writeTermTable,
  writeUnits,
  type TermTable,
} from './words/index.ts';

export interface Root {
  table: TermTable;
  /** Names of the fields that metadata has: field i is filter file i. */
  fields: readonly string[];
  /** Weights other than 1, and the rows that have each, rising. */
  weights: readonly (readonly [weight: number, rows: ArrayLike<number>])[];
}

export function writeRoot({ table, fields, weights }: Root): FileParts {
  const bytes = new ByteWriter();
  const bits = new BitWriter();
  writeTermTable(bytes, table);
  const names = JSON.stringify(fields);
  bytes.varint(names.length);
  writeUnits(bytes, names);
  const numbers = JSON.stringify(weights.map(([weight]) => weight));
  bytes.varint(numbers.length);
  writeUnits(bytes, numbers);
  for (const [, rows] of weights) {
    bytes.varint(rows.length);
    writeRows(bits, rows, table.rows);
  }
  return { packed: bytes.view(), plain: bits.view() };
}

/** Throws `integrity`. */
export function readRoot({ packed, plain }: OpenedParts, name: string): Root {
  const bytes = new ByteReader(packed, name);
  const table = readTermTable(bytes, name);
  const fields = list<string>(bytes, name, (value) => typeof value === 'string');
  const numbers = list<number>(bytes, name, (value) => typeof value === 'number');
  const counts = bytes.varints(numbers.length);
  bytes.end();
  const bits = new BitReader(plain);
  const weights = numbers.map((weight, i) => {
    if (counts[i]! > table.rows) throw damaged(name, 'a weight has too many rows');
    return [weight, readRows(bits, counts[i]!, table.rows)] as const;
  });
  if (bits.isOver) throw damaged(name, 'its rows are cut off');
  return { table, fields, weights };
}

function list<T extends string | number>(
  bytes: ByteReader,
  name: string,
  isItem: (value: unknown) => boolean,
): T[] {
  let items: unknown;
  try {
    items = JSON.parse(bytes.units(bytes.varint()));
  } catch (error) {
    if (error instanceof NearfieldError) throw error;
    throw damaged(name, `a list in it is no JSON (${String(error)})`);
  }
  if (!Array.isArray(items) || !items.every(isItem)) throw damaged(name, 'a list in it is none');
  return items as T[];
}
