import { widenOne } from './half';

const PANEL: usize = 8;

// @ts-ignore: decorator
@inline
function scaleAt(source: usize, half: bool, index: usize): f32 {
  return half ? widenOne(source + index * 2) : load<f32>(source + index * 4);
}

export function packScales(
  source: usize,
  half: bool,
  n: usize,
  blocks: usize,
  panelFrom: usize,
  panelTo: usize,
  out: usize,
): void {
  for (let panel = panelFrom; panel < panelTo; panel++) {
    const to = out + panel * blocks * (PANEL * 4);
    for (let c: usize = 0; c < PANEL; c++) {
      const row = panel * PANEL + c;
      for (let block: usize = 0; block < blocks; block++) {
        const scale = row < n ? scaleAt(source, half, row * blocks + block) : 0;
        store<f32>(to + (block * PANEL + c) * 4, scale);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function zeroAt(source: usize, bits: i32, row: usize, blocks: usize, block: usize): u32 {
  if (bits === 8) return load<u8>(source + row * blocks + block);
  const byte = load<u8>(source + row * ((blocks + 1) / 2) + block / 2);
  return block & 1 ? byte >> 4 : byte & 15;
}

export function packZeros(
  bits: i32,
  source: usize,
  n: usize,
  blocks: usize,
  panelFrom: usize,
  panelTo: usize,
  out: usize,
): void {
  for (let panel = panelFrom; panel < panelTo; panel++) {
    const to = out + panel * blocks * PANEL;
    for (let c: usize = 0; c < PANEL; c++) {
      const row = panel * PANEL + c;
      for (let block: usize = 0; block < blocks; block++) {
        const zero = row < n ? zeroAt(source, bits, row, blocks, block) : 0;
        store<u8>(to + block * PANEL + c, zero);
      }
    }
  }
}
