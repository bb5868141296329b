/** Seeded chance, so that a fit gives the same bytes twice. */

/** The generator called mulberry32 (Tommy Ettinger, public domain): 0 to 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers from `first` on, in an order by chance (Fisher and Yates). */
export function shuffled(first: number, count: number, random: () => number): Uint32Array {
  const numbers = Uint32Array.from({ length: count }, (_, i) => first + i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers;
}
