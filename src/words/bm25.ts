/** Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, section 3). */

const K1 = 1.2;
const B = 0.75;

/**
 * How much a word tells that `matching` of `rows` rows have: ln(1 + (N - n + 0.5) / (n + 0.5)), the
 * form that is never negative.
 */
export function idf(matching: number, rows: number): number {
  return Math.log1p((rows - matching + 0.5) / (matching + 0.5));
}

/**
 * What a word's frequency in a row multiplies its idf with: 1 for once in a row of average length,
 * `MOST` at most.
 * @param length of the row over the average length
 */
export function saturation(frequency: number, length: number): number {
  return (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + B * length));
}

export const MOST = K1 + 1;
