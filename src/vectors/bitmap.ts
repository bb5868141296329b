/** Sets of row numbers, one bit a row: bit `row % 32` of word `row >>> 5`. */

export type Bitmap = Uint32Array<ArrayBuffer>;

/** None of `rows` rows. */
export function emptyBitmap(rows: number): Bitmap {
  return new Uint32Array(Math.ceil(rows / 32));
}

/** Adds rows `first` up to `end`. */
export function setRange(bits: Bitmap, first: number, end: number): void {
  if (end <= first) return;
  const [from, to] = [first >>> 5, (end - 1) >>> 5];
  const head = -1 << (first & 31);
  const tail = -1 >>> (31 - ((end - 1) & 31));
  if (from === to) {
    bits[from]! |= head & tail;
    return;
  }
  bits[from]! |= head;
  bits.fill(0xffffffff, from + 1, to);
  bits[to]! |= tail;
}

export function clearBit(bits: Bitmap, row: number): void {
  bits[row >>> 5]! &= ~(1 << (row & 31));
}

export function hasBit(bits: Uint32Array, row: number): boolean {
  return ((bits[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;
}

/** Leaves in `bits` what is in both; of the same length. */
export function intersect(bits: Bitmap, others: Bitmap): void {
  for (let i = 0; i < bits.length; i++) bits[i]! &= others[i]!;
}

/** Adds to `bits` what is in `others`; of the same length. */
export function unite(bits: Bitmap, others: Bitmap): void {
  for (let i = 0; i < bits.length; i++) bits[i]! |= others[i]!;
}

/** Takes out of `bits` what is in `others`; of the same length. */
export function subtract(bits: Bitmap, others: Bitmap): void {
  for (let i = 0; i < bits.length; i++) bits[i]! &= ~others[i]!;
}

/** How many rows there are. */
export function countBits(bits: Bitmap): number {
  return bits.reduce((count, word) => count + popcount(word), 0);
}

/** How many bits of 32 are set, counted in parallel: Warren, "Hacker's Delight", section 5-1. */
export function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Which of 32 bits is the lowest that is set; at least one must be. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Numbers of its rows, rising. */
export function* rowsIn(bits: Bitmap): Generator<number> {
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
      yield 32 * word + lowestBit(rest);
    }
  }
}
