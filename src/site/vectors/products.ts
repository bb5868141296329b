/** Products of many rows with others, in blocks, which is several times faster than one after the other. */

import { timesTransposed } from '../../light/product.ts';

/** Rows of a block. */
const ROWS = 64;

/**
 * Tells of each row its products with `others`.
 *
 * @param rows `width` values each, as `others`
 * @param members numbers of the rows, undefined for all
 * @param tell gets a place in `members`, and products that are overwritten after it
 */
export function eachProducts(
  rows: Float32Array,
  width: number,
  members: Uint32Array | undefined,
  others: Float32Array,
  tell: (place: number, products: Float32Array) => void,
): void {
  const total = members ? members.length : rows.length / width;
  const count = others.length / width;
  // In twos and fours, as `timesTransposed` wants them.
  const even = count + (count % 2);
  const columns = even === count ? others : new Float32Array(even * width);
  if (even !== count) columns.set(others);
  const block = new Float32Array(ROWS * width);
  const out = new Float32Array(ROWS * even);
  for (let start = 0; start < total; start += ROWS) {
    const length = Math.min(ROWS, total - start);
    const whole = 4 * Math.ceil(length / 4);
    if (members) {
      for (let i = 0; i < length; i++) {
        const row = members[start + i]!;
        block.set(rows.subarray(row * width, (row + 1) * width), i * width);
      }
    } else {
      block.set(rows.subarray(start * width, (start + length) * width));
    }
    timesTransposed(block.subarray(0, whole * width), columns, out, width);
    for (let i = 0; i < length; i++) tell(start + i, out.subarray(i * even, i * even + count));
  }
}
