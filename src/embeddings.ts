import { cutRows, type EmbedRows, type Embeddings } from './contract/index.ts';

/** The public face of a reply: rows cut to `dimensions`, then L2-normalised again. */
export function toEmbeddings(rows: EmbedRows, dimensions: number): Embeddings {
  const count = rows.tokens.length;
  const width = count === 0 ? dimensions : rows.data.length / count;
  const data = dimensions === width ? rows.data : cutRows(rows.data, width, dimensions);
  return {
    data,
    rows: count,
    dimensions,
    tokens: rows.tokens,
    truncated: Array.from(rows.truncated, (cut) => cut === 1),
    row(i) {
      if (!Number.isInteger(i) || i < 0 || i >= count) {
        throw new RangeError(`row: expected 0 to ${count - 1}, got ${i}.`);
      }
      return data.subarray(i * dimensions, (i + 1) * dimensions);
    },
  };
}
