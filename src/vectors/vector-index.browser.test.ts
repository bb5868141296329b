import { expect, it } from 'vitest';
import { StructuredVectors } from '../../bench/search/vectors.ts';
import { loadSearchModule } from './load.ts';
import { VectorIndex, type Found } from './vector-index.ts';

const [ROWS, DIMENSIONS] = [30_000, 256];
const vectors = new StructuredVectors(DIMENSIONS, ROWS);
const rows = vectors.rows(0, ROWS);

it('relaxed SIMD and SIMD128 make the same bytes and the same answers', async () => {
  const [relaxed, simd128] = await Promise.all(
    (['relaxed', 'simd128'] as const).map(async (simd) => {
      const index = new VectorIndex(await loadSearchModule(simd), DIMENSIONS);
      index.add(rows);
      const answers: Found[] = [];
      for (let number = 0; number < 10; number++) {
        for (const exact of [true, false]) {
          answers.push(await index.search(vectors.question(number), 10, { exact }));
        }
      }
      return { blocks: [...index.blocks()], answers };
    }),
  );
  expect(relaxed!.answers).toEqual(simd128!.answers);
  for (const [i, block] of relaxed!.blocks.entries()) {
    const other = simd128!.blocks[i]!;
    expect(block.length).toBe(other.length);
    expect(block.findIndex((byte, at) => byte !== other[at])).toBe(-1);
  }
});
