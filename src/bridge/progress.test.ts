import { expect, it } from 'vitest';
import type { EmbedProgress } from '../contract/index.ts';
import { SliceProgress } from './progress.ts';

function setup(total: number): { progress: SliceProgress; told: EmbedProgress[] } {
  const told: EmbedProgress[] = [];
  return { progress: new SliceProgress(total, (each) => told.push(each)), told };
}

it('counts a running slice by its share, and is done with it when it is there', () => {
  const { progress, told } = setup(8);
  progress.next(4)?.(0.5);
  progress.finish();
  const last = progress.next(4);
  last?.(0.25);
  // Without the texts it would say that all are ready.
  last?.(1);
  progress.finish();
  expect(told).toEqual([
    { done: 0, total: 8, share: 0.25 },
    { done: 4, total: 8, share: 0.5 },
    { done: 4, total: 8, share: 0.625 },
    { done: 8, total: 8, share: 1 },
  ]);
});

it('tells nothing of a slice that is over, or of a call that failed', () => {
  const { progress, told } = setup(2);
  const late = progress.next(1);
  progress.finish();
  late?.(0.9);
  const running = progress.next(1);
  progress.giveUp();
  running?.(0.1);
  expect(told).toEqual([{ done: 1, total: 2, share: 0.5 }]);
});

it('asks for no shares where nobody listens', () => {
  expect(new SliceProgress(1, undefined).next(1)).toBeUndefined();
});
