/** The sizes that an index of vectors and the search kernels agree on; assembly/segments.ts has them too. */

/** Rows that lie together. A power of two. */
export const SEGMENT_ROWS = 1024;

/** A row's width is a multiple of this, so that its sign bits fill whole vectors. */
export const WIDTH_STEP = 128;

/** Widest row: distances stay below EXCLUDED, sums of products below 2^31. */
export const MAX_WIDTH = 16_384;

/** What scanBits writes for a row that its mask leaves out. */
export const EXCLUDED = 0xffff;

/** Largest value of a query; relaxed SIMD defines products of 7 bits only. */
export const QUERY_MAX = 127;

/** What is added to a query's values to have none below 0. */
export const QUERY_OFFSET = 64;

/** Largest magnitude of a query's values before that is added. */
export const QUERY_LARGEST = 63;

/** Bytes of what is known of a row: scale, sum, error, bias (see encodeRows and centreRows). */
export const FACTOR_BYTES = 16;

/** What a bias is rounded to for scans of bits: of unit rows it is 1 at most. */
export const BIAS_UNITS = 2 ** 14;

/** Bits at the start of a row that a scan may do with: half of a row's or less, else it has none. */
const HEAD_BITS = 512;

const MASK_BYTES = SEGMENT_ROWS / 8;

/** Values that room is taken for: `dimensions`, rounded up. */
export function paddedWidth(dimensions: number): number {
  return Math.ceil(dimensions / WIDTH_STEP) * WIDTH_STEP;
}

/** Bytes of a row's head, the first of its sign bits that lie end to end once more; 0: it has none. */
export function headBytes(width: number): number {
  return width < 2 * HEAD_BITS ? 0 : HEAD_BITS / 8;
}

/** Byte offsets in a segment. What lies before `mask` is the index, the rest is a search's. */
export interface Segment {
  /** uint8 [row][width / 8]: bit i % 8 of byte i / 8 is set where value i is negative. */
  bits: 0;
  /** int8 [row][width] */
  codes: number;
  /** [row]: float32 scale, int32 sum, float32 error, float32 bias */
  factors: number;
  /** Bit r % 32 of word r / 32 is set where row r can be found. */
  alive: number;
  /** Where a kernel takes a mask, that of this search. */
  mask: number;
  /** uint16 distances or float32 scores of this search, by row. */
  results: number;
  /** uint8 [row][headBytes], once deriveRows has written them. */
  heads: number;
  /** int16 [row], once deriveRows has written them: the bias times BIAS_UNITS. */
  leans: number;
  bytes: number;
}

export function segmentOf(width: number): Segment {
  const codes = (SEGMENT_ROWS * width) / 8;
  const factors = codes + SEGMENT_ROWS * width;
  const alive = factors + SEGMENT_ROWS * FACTOR_BYTES;
  const mask = alive + MASK_BYTES;
  const results = mask + MASK_BYTES;
  const heads = results + SEGMENT_ROWS * Float32Array.BYTES_PER_ELEMENT;
  const leans = heads + SEGMENT_ROWS * headBytes(width);
  const bytes = leans + SEGMENT_ROWS * Int16Array.BYTES_PER_ELEMENT;
  return { bits: 0, codes, factors, alive, mask, results, heads, leans, bytes };
}

/** The largest power of two up to `width`: how much of a row one transform takes. */
export function transformSize(width: number): number {
  return 2 ** Math.floor(Math.log2(width));
}

/**
 * How often rotateRows changes signs and transforms: twice where a transform takes the whole row,
 * else four times, its start and its end in turn, so that every value meets every other.
 */
export function rotationRounds(width: number): number {
  return transformSize(width) === width ? 2 : 4;
}
