import initialize, { EdgeVec, EdgeVecConfig } from 'edgevec';
import type { Open } from '../contestant.ts';

/** By distance: its cosine and its dot product give the farthest vectors first. */
export const openEdgeVec: Open = async (dimensions) => {
  await initialize();
  const config = new EdgeVecConfig(dimensions);
  config.metric = 'l2';
  const index = new EdgeVec(config);
  let next = 0;
  const numbers = new Map<number, number>();
  return {
    add(values, count) {
      for (let row = 0; row < count; row++) {
        const vector = values.slice(row * dimensions, (row + 1) * dimensions);
        numbers.set(index.insert(vector), next++);
      }
    },
    async search(query, k) {
      const found = index.search(query, k) as { id: number }[];
      return found.map(({ id }) => numbers.get(id) ?? -1);
    },
  };
};
