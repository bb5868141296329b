/** Vectors compared row by row: a mean would hide the one that is wrong. */

import { expect } from '@playwright/test';

export interface Row {
  name: string;
  vector: readonly number[];
}

export interface Bounds {
  minCosine: number;
  maxDifference: number;
}

/** Exact but for the rounding of float32 sums. */
export const EXACT: Bounds = { minCosine: 0.99999, maxDifference: 1e-4 };

/**
 * ONNX Runtime's CPU kernels round activations to 8 bits where a graph sets accuracy_level 4, and
 * Nearfield's own always do.
 */
export const EIGHT_BIT_ACTIVATIONS: Bounds = { minCosine: 0.999, maxDifference: 0.02 };

export function expectAgreement(
  vectors: readonly (readonly number[])[],
  rows: readonly Row[],
  bounds: Bounds,
): void {
  expect(vectors).toHaveLength(rows.length);
  rows.forEach(({ name, vector }, i) => {
    const got = vectors[i] ?? [];
    expect(got, `${name}: width`).toHaveLength(vector.length);
    expect(cosine(got, vector), `${name}: cosine`).toBeGreaterThanOrEqual(bounds.minCosine);
    expect(largestDifference(got, vector), `${name}: difference`).toBeLessThanOrEqual(
      bounds.maxDifference,
    );
  });
}

export function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
}
