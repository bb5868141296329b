import { panelBytes, PANEL, type Bits } from '../layout.ts';
import type { PackKernels } from '../types.ts';
import { panelled, placeInPanel } from './places.ts';
import { quantizeBlock } from './quantize.ts';
import { bytes, floats, halves, WORD } from './views.ts';

const DENSE_BLOCK = 32;

export function packTwins(memory: WebAssembly.Memory): PackKernels {
  return {
    packPanels(bits, source, n, k, panelFrom, panelTo, out) {
      for (let column = panelFrom * PANEL; column < panelTo * PANEL; column++) {
        const row = bytes(
          memory,
          source + (Math.min(column, n - 1) * k * bits) / 8,
          (k * bits) / 8,
        );
        const panel = out + Math.floor(column / PANEL) * panelBytes(bits, k);
        for (let i = 0; i < k; i++)
          put(memory, bits, panel, column % PANEL, i, elementOf(row, bits, i));
      }
    },

    packScales(source, half, n, blocks, panelFrom, panelTo, out) {
      for (let row = panelFrom * PANEL; row < panelTo * PANEL; row++) {
        for (let block = 0; block < blocks; block++) {
          const scale = row < n ? floatAt(memory, source, half, row * blocks + block) : 0;
          floats(memory, out + panelled(blocks, row, block) * WORD, 1)[0] = scale;
        }
      }
    },

    packZeros(bits, source, n, blocks, panelFrom, panelTo, out) {
      const stride = Math.ceil((blocks * bits) / 8);
      for (let row = panelFrom * PANEL; row < panelTo * PANEL; row++) {
        for (let block = 0; block < blocks; block++) {
          const zeros = bytes(memory, source + row * stride, row < n ? stride : 0);
          const zero = row < n ? elementOf(zeros, bits, block) : 0;
          bytes(memory, out + panelled(blocks, row, block), 1)[0] = zero;
        }
      }
    },

    packDense(source, half, transposed, n, k, totalK, panelFrom, panelTo, out, outScales) {
      for (let column = panelFrom * PANEL; column < panelTo * PANEL; column++) {
        const panel = out + Math.floor(column / PANEL) * panelBytes(8, totalK);
        for (let first = 0; first < k; first += DENSE_BLOCK) {
          const weights = Array.from({ length: DENSE_BLOCK }, (_, i) => {
            const index = transposed ? (first + i) * n + column : column * k + first + i;
            return column < n ? floatAt(memory, source, half, index) : 0;
          });
          const { scale, values } = quantizeBlock(weights);
          const at = panelled(totalK / DENSE_BLOCK, column, first / DENSE_BLOCK);
          floats(memory, outScales + at * WORD, 1)[0] = scale;
          values.forEach((value, i) => {
            put(memory, 8, panel, column % PANEL, first + i, 128 + value);
          });
        }
      }
    },
  };
}

function put(
  ...[memory, bits, panel, column, input, value]: [
    memory: WebAssembly.Memory,
    bits: Bits,
    panel: number,
    column: number,
    input: number,
    value: number,
  ]
): void {
  const { byte, shift } = placeInPanel(bits, column, input);
  const target = bytes(memory, panel + byte, 1);
  target[0] = (target[0]! & ~((2 ** bits - 1) << shift)) | (value << shift);
}

function floatAt(memory: WebAssembly.Memory, source: number, half: 0 | 1, index: number): number {
  return half
    ? halfToNumber(halves(memory, source + 2 * index, 1)[0]!)
    : floats(memory, source + WORD * index, 1)[0]!;
}

/** Element i of a row of 4 bits (the first of two in the low nibble) or 8. */
function elementOf(row: Uint8Array, bits: Bits, i: number): number {
  if (bits === 8) return row[i]!;
  return (row[i >> 1]! >> (i % 2 === 0 ? 0 : 4)) & 15;
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
