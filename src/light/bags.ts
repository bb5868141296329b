/** Texts as bags of pieces: rows of a sparse matrix. */

/** Rows one after the other; row `r` is from `starts[r]` up to `starts[r + 1]`. */
export interface Bags {
  starts: Uint32Array;
  /** Each piece of a row once. */
  pieces: Uint32Array;
  /** How often it stands in the row's text. */
  counts: Float32Array;
}

/** @param texts pieces of each text */
export function bagsOf(texts: readonly (readonly number[])[]): Bags {
  const starts = new Uint32Array(texts.length + 1);
  const pieces: number[] = [];
  const counts: number[] = [];
  for (const [row, text] of texts.entries()) {
    const bag = new Map<number, number>();
    for (const piece of text) bag.set(piece, (bag.get(piece) ?? 0) + 1);
    pieces.push(...bag.keys());
    counts.push(...bag.values());
    starts[row + 1] = pieces.length;
  }
  return { starts, pieces: Uint32Array.from(pieces), counts: Float32Array.from(counts) };
}

/** Share of each of `size` pieces in all texts together. */
export function sharesOf({ pieces, counts }: Bags, size: number): Float64Array {
  const shares = new Float64Array(size);
  let total = 0;
  for (const [i, piece] of pieces.entries()) {
    shares[piece]! += counts[i]!;
    total += counts[i]!;
  }
  return shares.map((count) => count / total);
}

/** Counts times weights, divided by their sum in the row: what a text takes of each piece's vector. */
export function partsOf(
  { starts, pieces, counts }: Bags,
  weights: ArrayLike<number>,
): Float32Array {
  const parts = new Float32Array(pieces.length);
  for (let row = 0; row + 1 < starts.length; row++) {
    let sum = 0;
    for (let i = starts[row]!; i < starts[row + 1]!; i++) sum += counts[i]! * weights[pieces[i]!]!;
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      parts[i] = (counts[i]! * weights[pieces[i]!]!) / sum;
    }
  }
  return parts;
}
