/** Where things lie in a segment; as in ../search-layout.ts. */

const ROWS: usize = 1024;
const FACTORS: usize = 16;
const MASK: usize = 128;
const HEAD: usize = 64;

// @ts-ignore: decorator
@inline
export function codesOffset(width: usize): usize {
  return (ROWS * width) / 8;
}

// @ts-ignore: decorator
@inline
export function factorsOffset(width: usize): usize {
  return codesOffset(width) + ROWS * width;
}

// @ts-ignore: decorator
@inline
export function resultsOffset(width: usize): usize {
  return factorsOffset(width) + ROWS * FACTORS + 2 * MASK;
}

/** Bytes of a row's head; 0 where it has none. */
// @ts-ignore: decorator
@inline
export function headBytes(width: usize): usize {
  return width < HEAD * 16 ? 0 : HEAD;
}

// @ts-ignore: decorator
@inline
export function headsOffset(width: usize): usize {
  return resultsOffset(width) + ROWS * 4;
}

// @ts-ignore: decorator
@inline
export function leansOffset(width: usize): usize {
  return headsOffset(width) + ROWS * headBytes(width);
}

// @ts-ignore: decorator
@inline
function segmentBytes(width: usize): usize {
  return leansOffset(width) + ROWS * 2;
}

/** The segment of a row. */
// @ts-ignore: decorator
@inline
export function segmentOf(segments: usize, width: usize, row: usize): usize {
  return segments + (row / ROWS) * segmentBytes(width);
}

/** A row's number in its segment. */
// @ts-ignore: decorator
@inline
export function placeOf(row: usize): usize {
  return row & (ROWS - 1);
}

/** The end of the segment of `row`, as a row number, or `to` where that comes first. */
// @ts-ignore: decorator
@inline
export function endOfSegment(row: usize, to: usize): usize {
  return min((row | (ROWS - 1)) + 1, to);
}

/** Of a row's factors. */
// @ts-ignore: decorator
@inline
export function factorsOf(segment: usize, width: usize, place: usize): usize {
  return segment + factorsOffset(width) + place * FACTORS;
}

// @ts-ignore: decorator
@inline
export function isMasked(mask: usize, place: usize): bool {
  return ((load<u32>(mask + (place >> 5) * 4) >> (<u32>place & 31)) & 1) === 0;
}

/**
 * Has the processor fetch what will be read soon: WASM has no prefetch, but loads that nothing waits for
 * go on side by side, where those of the work itself come a few at a time.
 */
// @ts-ignore: decorator
@inline
export function touch(at: usize, bytes: usize): void {
  for (const end = at + bytes; at < end; at += 64) load<u8>(at);
}
