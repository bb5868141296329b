import { afterEach, expect, it, vi } from 'vitest';
import { within, withinHearing } from './within.ts';

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

it('hears what has come while its thread was busy', async () => {
  const { port1, port2 } = new MessageChannel();
  const work = new Promise<object>((resolve) => {
    port1.onmessage = () => resolve({});
  });
  const given = withinHearing(40, work);
  port2.postMessage('done');
  const until = performance.now() + 60;
  while (performance.now() < until);
  expect(await given).toEqual({});
  port1.close();
});

it('gives nothing after all its waits', async () => {
  vi.useFakeTimers();
  const given = withinHearing(1000, new Promise<object>(() => undefined));
  await vi.advanceTimersByTimeAsync(999);
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await given).toBeUndefined();
});
