import { loadHnswlib } from 'hnswlib-wasm';
import type { Open } from '../contestant.ts';

/** M and efConstruction as its documentation has them; efSearch for a recall near .99 at 10,000. */
const [M, EF_CONSTRUCTION, EF_SEARCH, SEED] = [16, 200, 64, 100];

export const openHnswlib: Open = async (dimensions, rows) => {
  const library = await loadHnswlib();
  const index = new library.HierarchicalNSW('ip', dimensions, '');
  index.initIndex(rows, M, EF_CONSTRUCTION, SEED);
  index.setEfSearch(EF_SEARCH);
  let next = 0;
  return {
    add(values, count) {
      for (let row = 0; row < count; row++) {
        const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
        index.addPoint(vector, next++, false);
      }
    },
    search: async (query, k) => index.searchKnn(query, k, undefined).neighbors,
  };
};
