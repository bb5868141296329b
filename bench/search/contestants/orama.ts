import { create, insert, search } from '@orama/orama';
import type { Open } from '../contestant.ts';

export const openOrama: Open = async (dimensions) => {
  const schema = { embedding: `vector[${dimensions}]` } as const;
  const database = create({ schema });
  let next = 0;
  return {
    async add(values, count) {
      for (let row = 0; row < count; row++) {
        const embedding = [...values.subarray(row * dimensions, (row + 1) * dimensions)];
        await insert(database, { id: String(next++), embedding });
      }
    },
    async search(query, k) {
      // Its default of 0.8 would leave hits out.
      const { hits } = await search(database, {
        mode: 'vector',
        vector: { value: [...query], property: 'embedding' },
        similarity: -1,
        limit: k,
      });
      return hits.map(({ id }) => Number(id));
    },
  };
};
