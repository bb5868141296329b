import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

it('comes to a second of work, from either side', () => {
  const pace = new Pace();
  for (const perSecond of [600, 5000, 1e6, 10]) {
    for (let slice = 0; slice < 3; slice++) {
      pace.learn(pace.characters, (1000 * pace.characters) / perSecond);
    }
    expect(pace.characters).toBe(Math.min(8192, Math.max(256, perSecond)));
  }
});

it('learns from a small slice only that it took too long', () => {
  const pace = new Pace();
  const first = pace.characters;
  pace.learn(20, 500);
  expect(pace.characters).toBe(first);
  pace.learn(400, 1600);
  expect(pace.characters).toBe(256);
});
