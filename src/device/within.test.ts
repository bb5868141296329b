import { afterEach, expect, it, vi } from 'vitest';
import { within } from './within.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('gives what comes in time, and leaves no timer behind', async () => {
  vi.useFakeTimers();
  expect(await within(1000, Promise.resolve(7))).toBe(7);
  await expect(within(1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives nothing where work is late', async () => {
  vi.useFakeTimers();
  const given = within(1000, new Promise<number>(() => undefined));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await given).toBeUndefined();
});
