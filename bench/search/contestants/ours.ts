import { loadSearchModule, VectorIndex, type Originals } from '../../../src/vectors/index.ts';
import type { Contestant, Open } from '../contestant.ts';

/** @param worker a second thread, of a script that serves scans */
export const openOurs: (worker?: Worker) => Open = (worker) => async (dimensions) => {
  const kernels = await loadSearchModule('auto', worker !== undefined);
  const contest = (index: VectorIndex): Contestant => ({
    add: (rows) => void index.add(rows),
    search: async (query, k, way) => (await index.search(query, k, way)).rows,
    bytes: () => index.size,
    save: () => joined([...index.blocks()]),
    reopened: (bytes) => contest(VectorIndex.from(kernels, bytes, NONE)),
  });
  return contest(new VectorIndex(kernels, dimensions, { ...(worker && { worker }) }));
};

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
