import { PANEL, type Bits } from '../layout.ts';

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
