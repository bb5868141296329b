import { expect, it } from 'vitest';
import { soundFeatures } from './gpu.ts';

const all = new Set(['shader-f16', 'subgroups', 'subgroup-size-control', 'timestamp-query']);

it('asks for half floats and subgroups where these have at least 8 lanes', () => {
  expect(soundFeatures(all, 8)).toEqual(['shader-f16', 'subgroups', 'subgroup-size-control']);
  expect(soundFeatures(new Set(['subgroups']), 32)).toEqual(['subgroups']);
});

it.each([4, 1, undefined])('does without subgroups where they may have %s lanes', (smallest) => {
  expect(soundFeatures(all, smallest)).toEqual(['shader-f16']);
});
