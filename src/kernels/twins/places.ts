import { PANEL, TILE, type Bits } from '../layout.ts';
import { SEGMENT_ROWS, segmentOf } from '../search-layout.ts';

/** Place of a (column, block) in [panel][blocks][8]. */
export function panelled(blocks: number, column: number, block: number): number {
  return (Math.floor(column / PANEL) * blocks + block) * PANEL + (column % PANEL);
}

/**
 * Where a weight lies in its panel. Per 4 inputs, 4 bits have 16 bytes (columns 0 to 3 in low
 * nibbles, 4 to 7 in high ones), 8 bits twice 16 (columns 0 to 3, then 4 to 7).
 */
export function placeInPanel(
  bits: Bits,
  column: number,
  input: number,
): { byte: number; shift: number } {
  const step = Math.floor(input / 4);
  if (bits === 8) return { byte: step * 32 + column * 4 + (input % 4), shift: 0 };
  return { byte: step * 16 + (column % 4) * 4 + (input % 4), shift: column < 4 ? 0 : 4 };
}

/** Place of an (input, row) among int8 rows [tile][inputs / 4][4 rows][4 inputs]. */
export function placeInTiles(k: number, row: number, input: number): number {
  const tile = Math.floor(row / TILE);
  return tile * TILE * k + Math.floor(input / 4) * 4 * TILE + (row % TILE) * 4 + (input % 4);
}

/** Place of a (block, row) among numbers [tile][blocks][4 rows]. */
export function tiled(blocks: number, row: number, block: number): number {
  return (Math.floor(row / TILE) * blocks + block) * TILE + (row % TILE);
}

/** Where a row's segment begins, and the row's number there. */
export function placeIn(
  segments: number,
  width: number,
  row: number,
): { at: number; place: number } {
  const at = segments + Math.floor(row / SEGMENT_ROWS) * segmentOf(width).bytes;
  return { at, place: row % SEGMENT_ROWS };
}
