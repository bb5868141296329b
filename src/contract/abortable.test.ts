import { expect, it, vi } from 'vitest';
import { NearfieldError } from './errors.ts';
import { unlessAborted } from './abortable.ts';

const never = new Promise<never>(() => undefined);

it('gives what the work comes to, and listens no longer', async () => {
  const { signal } = new AbortController();
  const removed = vi.spyOn(signal, 'removeEventListener');
  expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
  await expect(unlessAborted(Promise.reject(new Error('x')), signal)).rejects.toThrow('x');
  await vi.waitFor(() => {
    expect(removed).toHaveBeenCalledTimes(2);
  });
  expect(await unlessAborted(Promise.resolve(8), undefined)).toBe(8);
});

it('rejects as soon as the signal fires, and when it has fired before', async () => {
  const abort = new AbortController();
  const waiting = unlessAborted(never, abort.signal);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  await expect(unlessAborted(never, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
});

it('rejects with the reason asked for', async () => {
  const closed = new NearfieldError('closed', 'closed');
  await expect(unlessAborted(never, AbortSignal.abort(), () => closed)).rejects.toBe(closed);
});
