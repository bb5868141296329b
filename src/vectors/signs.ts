/** Random changes of sign, as rotateRows takes them: the same for a seed on every machine. */
export function signWords(seed: number, count: number): Uint32Array {
  const words = new Uint32Array(count);
  let state = seed;
  // mulberry32 (Tommy Ettinger, public domain); its highest bit decides.
  for (let i = 0; i < count; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    words[i] = (t ^ (t >>> 14)) & 0x80000000;
  }
  return words;
}
