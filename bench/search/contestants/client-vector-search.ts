import { EmbeddingIndex } from 'client-vector-search';
import type { Open } from '../contestant.ts';

interface Hit {
  object: { number: number };
}

/** Its index alone: the package under whose name it would embed texts is another one here. */
export const openClientVectorSearch: Open = async (dimensions) => {
  const index = new EmbeddingIndex();
  let next = 0;
  return {
    add(values, count) {
      for (let row = 0; row < count; row++) {
        const embedding = [...values.subarray(row * dimensions, (row + 1) * dimensions)];
        index.add({ number: next++, embedding });
      }
    },
    async search(query, k) {
      const found = await index.search([...query], { topK: k });
      return (found as Hit[]).map(({ object }) => object.number);
    },
  };
};
