import { expect, it } from 'vitest';
import { BatchProgress } from './progress.ts';

it('weighs batches by their tokens, and never runs backwards', () => {
  const told: number[] = [];
  const progress = new BatchProgress([10, 60, 30], (share) => told.push(share));
  const first = progress.next([1, 2]);
  for (const share of [0.5, 0.4, 1, 1]) first(share);
  progress.next([0])(1);
  expect(told).toEqual([0.45, 0.9, 1]);
});
