import { loadSearchModule, VectorIndex, type Originals } from '../../../src/vectors/index.ts';
import type { Contestant, Open } from '../contestant.ts';
import { StructuredVectors } from '../vectors.ts';

/** @param worker a second thread, of a script that serves scans */
export const openOurs: (worker?: Worker) => Open = (worker) => async (dimensions, rows) => {
  const kernels = await loadSearchModule('auto', worker !== undefined);
  const contest = (index: VectorIndex): Contestant => ({
    add: (rows) => void index.add(rows),
    search: async (query, k, way) => (await index.search(query, k, way)).rows,
    bytes: () => index.size,
    save: () => joined([...index.blocks()]),
    reopened: (bytes) => contest(VectorIndex.from(kernels, bytes, NONE)),
  });
  const options = {
    ...(worker && { worker }),
    ...originalsFor(dimensions, rows),
  };
  return contest(new VectorIndex(kernels, dimensions, options));
};

/** Where the float32 rows are. */
export function originalsFor(dimensions: number, rows: number): { originals?: Originals } {
  return rows > MOST_IN_MEMORY ? { originals: new MadeAgain(dimensions, rows) } : {};
}

/** More rows are not kept as float32. */
const MOST_IN_MEMORY = 200_000;

/** Rows are made again from their seed when they are read first: who measures asks twice. */
class MadeAgain implements Originals {
  readonly #vectors: StructuredVectors;
  readonly #made = new Map<number, Float32Array>();

  constructor(dimensions: number, rows: number) {
    this.#vectors = new StructuredVectors(dimensions, rows);
  }

  read(rows: Uint32Array): Float32Array {
    const { dimensions } = this.#vectors;
    const read = new Float32Array(rows.length * dimensions);
    for (const [i, row] of rows.entries()) {
      const made = this.#made.get(row) ?? this.#vectors.rows(row, row + 1);
      this.#made.set(row, made);
      read.set(made, i * dimensions);
    }
    return read;
  }
}

/** Opening reads none of them. */
const NONE: Originals = {
  read: () => {
    throw new Error('The originals are not stored here');
  },
};

function joined(blocks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
