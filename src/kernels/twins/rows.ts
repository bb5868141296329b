import type { RowKernels } from '../types.ts';
import { floats, integers, WORD } from './views.ts';

export function rowTwins(memory: WebAssembly.Memory): RowKernels {
  /** Replaces each of the rows by what `change` makes of it. */
  function mapRows(
    source: { x: number; stride: number; rows: number; width: number },
    target: { out: number; outStride: number },
    change: (row: Float32Array) => ArrayLike<number>,
  ): void {
    for (let row = 0; row < source.rows; row++) {
      const at = source.x + row * source.stride * WORD;
      const changed = change(floats(memory, at, source.width));
      floats(memory, target.out + row * target.outStride * WORD, changed.length).set(changed);
    }
  }

  return {
    headNormRope: headNormRope(memory),

    rmsNorm(x, stride, rows, width, weight, eps, out, outStride) {
      const weights = floats(memory, weight, width);
      mapRows({ x, stride, rows, width }, { out, outStride }, (row) =>
        rootMeanSquared(row, weights, eps),
      );
    },

    layerNorm(x, stride, rows, width, weight, bias, eps, out, outStride) {
      const weights = floats(memory, weight, width);
      const biases = floats(memory, bias, width);
      mapRows({ x, stride, rows, width }, { out, outStride }, (row) => {
        const mean = sumOf(row) / width;
        return rootMeanSquared(
          Array.from(row, (value) => value - mean),
          weights,
          eps,
        ).map((value, i) => value + biases[i]!);
      });
    },

    swiglu(x, stride, rows, width, out, outStride) {
      mapRows({ x, stride, rows, width: 2 * width }, { out, outStride }, (row) =>
        Array.from(row.subarray(0, width), (gate, i) => {
          return (gate / (1 + Math.exp(-gate))) * row[width + i]!;
        }),
      );
    },

    gelu(x, stride, rows, width) {
      mapRows({ x, stride, rows, width }, { out: x, outStride: stride }, (row) =>
        Array.from(row, (value) => (value / 2) * erfc(-value / Math.SQRT2)),
      );
    },

    meanRows(x, stride, rows, width, out) {
      const means = new Float64Array(width);
      for (let row = 0; row < rows; row++) {
        floats(memory, x + row * stride * WORD, width).forEach((value, i) => {
          means[i]! += value / rows;
        });
      }
      floats(memory, out, width).set(means);
    },
  };
}

function headNormRope(memory: WebAssembly.Memory): RowKernels['headNormRope'] {
  return (x, stride, rows, heads, headDim, weight, eps, cos, sin, positions) => {
    for (let i = 0; i < rows * heads; i++) {
      const row = Math.floor(i / heads);
      const head = floats(memory, x + (row * stride + (i % heads) * headDim) * WORD, headDim);
      head.set(rootMeanSquared(head, floats(memory, weight, headDim), eps));
      const half = headDim / 2;
      const offset = integers(memory, positions, rows)[row]! * half * WORD;
      rotate(head, floats(memory, cos + offset, half), floats(memory, sin + offset, half));
    }
  };
}

function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

function rootMeanSquared(row: ArrayLike<number>, weights: Float32Array, eps: number): number[] {
  const squares = sumOf(Array.from(row, (value) => value * value)) / row.length;
  const factor = 1 / Math.sqrt(squares + eps);
  return Array.from(row, (value, i) => value * factor * weights[i]!);
}

/** Turns the pairs (i, i + half) of a head by their angles. */
function rotate(head: Float32Array, cos: Float32Array, sin: Float32Array): void {
  const half = cos.length;
  const [a, b] = [head.slice(0, half), head.slice(half)];
  for (let i = 0; i < half; i++) {
    head[i] = a[i]! * cos[i]! - b[i]! * sin[i]!;
    head[half + i] = b[i]! * cos[i]! + a[i]! * sin[i]!;
  }
}

/** 1 - erf, by its Taylor series near 0 and its continued fraction elsewhere: relative 1e-12. */
function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x > 2.5) {
    let fraction = x;
    for (let i = 80; i > 0; i--) fraction = x + i / 2 / fraction;
    return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }
  let term = x;
  let sum = x;
  for (let i = 1; i < 60; i++) {
    term *= (-x * x) / i;
    sum += term / (2 * i + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}
