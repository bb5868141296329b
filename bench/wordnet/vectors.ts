/**
 * The starter's vectors of WordNet on disk: for each list a `.npy` of float32 rows, and a `.json` that
 * says what they are of. A file grows as texts are embedded; one that is whole has all its rows.
 */

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { npyHead } from '../../src/collection/transfer/npy-head.ts';
import { CATALOGUE, type Simd } from '../../src/contract/index.ts';
import type { Embedders } from './embedders.ts';
import { textsOf, type List } from './texts.ts';

const { dimensions, id: MODEL, revision: REVISION } = CATALOGUE['starter']!;

export const WIDTH = dimensions;

const FOLDER = new URL('../../.cache/wordnet/', import.meta.url);
const ROW_BYTES = WIDTH * Float32Array.BYTES_PER_ELEMENT;

/** Texts that are embedded and written at a time. */
const SLICE = 500;

/** Slices that each process has before it: none waits for another. */
const AHEAD = 3;

export interface Progress {
  /** Rows that an earlier run left. */
  before: number;
  done: number;
  rows: number;
}

/**
 * Embeds what is missing of a list, and goes on where a stopped run ended. Files of other texts,
 * another model or other instructions are begun anew.
 */
export async function embedList(
  list: List,
  simd: Simd,
  embedders: Embedders,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const { kind, senses, textOf, splits } = textsOf(list);
  const texts = senses.map(textOf);
  const rows = texts.length;
  const sha256 = createHash('sha256').update(JSON.stringify(texts)).digest('hex');
  const ids = senses.map(({ id }) => id);
  const facts = { model: MODEL, revision: REVISION, simd, kind, dimensions: WIDTH, rows, sha256 };
  const said = JSON.stringify({ ...facts, ...(splits && { splits }), ids });
  const file = begin(list, said, rows);
  const before = rowsIn(file, rows);
  let [done, asked] = [before, before];
  const pending: Promise<Float32Array>[] = [];
  while (done < rows) {
    for (; asked < rows && pending.length < AHEAD * embedders.count; asked += SLICE) {
      pending.push(embedders.embed({ texts: texts.slice(asked, asked + SLICE), kind }));
    }
    const data = await pending.shift()!;
    appendFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    done += data.length / WIDTH;
    onProgress({ before, done, rows });
  }
}

/** The file to go on with, cut to whole slices. */
function begin(list: List, said: string, rows: number): string {
  mkdirSync(FOLDER, { recursive: true });
  const [file, about] = [pathOf(list, 'npy'), pathOf(list, 'json')];
  const isKnown = existsSync(file) && existsSync(about) && readFileSync(about, 'utf8') === said;
  if (isKnown) {
    const done = rowsIn(file, rows);
    const kept = done === rows ? rows : done - (done % SLICE);
    truncateSync(file, headOf(rows).length + kept * ROW_BYTES);
  } else {
    writeFileSync(file, headOf(rows));
    writeFileSync(about, said);
  }
  return file;
}

/** Rows of a list, which must be whole, and the part of them that a split has. */
export function readList(list: List, split?: string): Float32Array<ArrayBuffer> {
  const { path, start } = locate(list);
  const { splits } = JSON.parse(readFileSync(pathOf(list, 'json'), 'utf8')) as {
    splits?: Record<string, [number, number]>;
  };
  const values = new Float32Array(Uint8Array.from(readFileSync(path).subarray(start)).buffer);
  if (split === undefined) return values;
  const range = splits?.[split];
  if (!range) throw new Error(`${path} has no split ${split}`);
  return values.slice(range[0] * WIDTH, range[1] * WIDTH);
}

/** Where the rows of a whole list lie: a file, and the byte at which they start. */
export function locate(list: List): { path: string; start: number; rows: number } {
  const path = pathOf(list, 'npy');
  const { rows } = existsSync(path)
    ? (JSON.parse(readFileSync(pathOf(list, 'json'), 'utf8')) as { rows: number })
    : { rows: 0 };
  if (rows === 0 || rowsIn(path, rows) < rows) {
    throw new Error(`${path} is not whole: run npm run bench:wordnet`);
  }
  return { path, start: headOf(rows).length, rows };
}

/** Whole rows. */
function rowsIn(path: string, rows: number): number {
  return Math.max(0, Math.floor((statSync(path).size - headOf(rows).length) / ROW_BYTES));
}

function headOf(rows: number): Uint8Array {
  return npyHead({ rows, dimensions: WIDTH });
}

function pathOf(list: List, ending: 'npy' | 'json'): string {
  return fileURLToPath(new URL(`${list}.${ending}`, FOLDER));
}
