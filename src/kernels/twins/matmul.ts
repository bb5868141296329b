import { activationBlock, panelBytes, PANEL, tiledRows, type Bits } from '../layout.ts';
import type { MatmulKernels } from '../types.ts';
import { panelled, placeInPanel, placeInTiles, tiled } from './places.ts';
import { quantizeBlock } from './quantize.ts';
import { bytes, floats, signedBytes, WORD } from './views.ts';

/** 1.5 * 2^23: with it added, small integers have float32 to themselves. */
const MAGIC = 12_582_912;

export function matmulTwins(memory: WebAssembly.Memory): MatmulKernels {
  return {
    quantizeRows(x, stride, rows, k, block, q, scales, starts) {
      const blocks = k / block;
      const inputs = signedBytes(memory, q, tiledRows(rows) * k);
      for (let i = 0; i < rows * blocks; i++) {
        const row = Math.floor(i / blocks);
        const at = x + (row * stride + (i % blocks) * block) * WORD;
        const { scale, values } = quantizeBlock(floats(memory, at, block));
        values.forEach((value, j) => {
          const place = placeInTiles(k, row, (i % blocks) * block + j);
          inputs[place] = value;
        });
        const place = tiled(blocks, row, i % blocks) * WORD;
        floats(memory, scales + place, 1)[0] = scale;
        const sum = values.reduce((a, b) => a + b, 0);
        floats(memory, starts + place, 1)[0] = MAGIC - 8 * sum;
      }
    },

    matmul(...[bits, q, aScales, , rows, k, block, weights, wScales, zeros, bias, n, ...rest]) {
      const [out, outStride, accumulate, panelFrom, panelTo] = rest;
      const aBlock = activationBlock(block);
      const aCount = k / aBlock;
      const inputs = signedBytes(memory, q, tiledRows(rows) * k);
      const scales = floats(memory, aScales, tiledRows(rows) * aCount);
      for (let c = panelFrom * PANEL; c < Math.min(panelTo * PANEL, n); c++) {
        const column = columnOf(memory, { bits, k, block, weights, wScales, zeros }, c);
        for (let row = 0; row < rows; row++) {
          const target = floats(memory, out + (row * outStride + c) * WORD, 1);
          let total = bias === 0 ? 0 : floats(memory, bias + c * WORD, 1)[0]!;
          if (accumulate) total += target[0]!;
          column.forEach((weight, i) => {
            const scale = scales[tiled(aCount, row, Math.floor(i / aBlock))]!;
            total += scale * inputs[placeInTiles(k, row, i)]! * weight;
          });
          target[0] = total;
        }
      }
    },
  };
}

interface Weights {
  bits: Bits;
  k: number;
  block: number;
  weights: number;
  wScales: number;
  zeros: number;
}

/** The weights of one output, as the numbers they stand for. */
function columnOf(memory: WebAssembly.Memory, w: Weights, column: number): Float64Array {
  const { bits, k, block } = w;
  const size = panelBytes(bits, k);
  const panel = bytes(memory, w.weights + Math.floor(column / PANEL) * size, size);
  return Float64Array.from({ length: k }, (_, input) => {
    const { byte, shift } = placeInPanel(bits, column % PANEL, input);
    const at = panelled(k / block, column, Math.floor(input / block));
    const zero = w.zeros === 0 ? 2 ** (bits - 1) : bytes(memory, w.zeros + at, 1)[0]!;
    const scale = floats(memory, w.wScales + at * WORD, 1)[0]!;
    return scale * (((panel[byte]! >> shift) & (2 ** bits - 1)) - zero);
  });
}
