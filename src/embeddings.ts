import { NearfieldError, type EmbedRows, type Embeddings } from './contract/index.ts';

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

/** Matryoshka: keep the first values of each row and scale it to L2 norm 1 (arXiv 2205.13147). */
function cutRows(data: Float32Array, width: number, dimensions: number): Float32Array<ArrayBuffer> {
  const rows = data.length / width;
  const cut = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const kept = data.subarray(row * width, row * width + dimensions);
    const norm = Math.sqrt(kept.reduce((sum, value) => sum + value * value, 0));
    if (!(norm > 0)) {
      throw new NearfieldError(
        'bad-vector',
        `A vector is zero in its first ${dimensions} values.`,
        {
          index: row,
        },
      );
    }
    for (let i = 0; i < dimensions; i++) cut[row * dimensions + i] = (kept[i] as number) / norm;
  }
  return cut;
}
