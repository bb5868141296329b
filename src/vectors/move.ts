import { FACTOR_BYTES, SEGMENT_ROWS } from '../kernels/index.ts';
import type { Space } from './space.ts';

/** Copies what an index knows of a row to another place. */
export function moveRow(space: Space, from: number, to: number): void {
  const { bytes, width, layout } = space;
  const [source, target] = [space.segmentAt(from), space.segmentAt(to)];
  const parts = [
    [layout.bits, width / 8],
    [layout.codes, width],
    [layout.factors, FACTOR_BYTES],
  ] as const;
  for (const [offset, size] of parts) {
    const at = source + offset + (from % SEGMENT_ROWS) * size;
    bytes.copyWithin(target + offset + (to % SEGMENT_ROWS) * size, at, at + size);
  }
}
