import { describe, expect, it } from 'vitest';
import { bytesOf, checkedSource, deferred } from './index.ts';
import { bytesOf as all } from './samples.ts';

const BYTES = Uint8Array.of(1, 2, 3);

describe('where bytes come from', () => {
  it('is a Blob, or a stream that nobody reads', async () => {
    const blob = new Blob([BYTES]);
    for (const source of [blob, blob.stream()]) {
      expect(checkedSource('source', source)).toBe(source);
      expect(await all(bytesOf(source, new AbortController().signal))).toEqual(BYTES);
    }
    expect(await all(bytesOf(blob, undefined))).toEqual(BYTES);
    const locked = blob.stream();
    locked.getReader();
    for (const wrong of [locked, BYTES, 'text', null, undefined, { body: blob.stream() }]) {
      expect(() => checkedSource('vectors', wrong)).toThrow(/^vectors must be/);
    }
  });

  it('is let go of when the signal fires', async () => {
    const control = new AbortController();
    const cancelled: unknown[] = [];
    const silent = new ReadableStream<Uint8Array>({
      cancel: (reason) => void cancelled.push(reason),
    });
    const reading = bytesOf(silent, control.signal).getReader().read();
    control.abort('enough');
    await expect(reading).rejects.toBe('enough');
    expect(cancelled).toEqual(['enough']);
  });
});

describe('a deferred stream', () => {
  it('is opened when it is read first, and once', async () => {
    let opened = 0;
    const stream = deferred(() => {
      opened++;
      return Promise.resolve(new Blob([BYTES]).stream());
    });
    await new Promise((resolve) => setTimeout(resolve));
    expect(opened).toBe(0);
    expect(await all(stream)).toEqual(BYTES);
    expect(opened).toBe(1);
  });

  it('cancels what it opened, and fails as that does', async () => {
    const cancelled: unknown[] = [];
    const endless = new ReadableStream<typeof BYTES>({
      pull: (controller) => controller.enqueue(BYTES),
      cancel: (reason) => void cancelled.push(reason),
    });
    const reader = deferred(() => Promise.resolve(endless)).getReader();
    await reader.read();
    await reader.cancel('enough');
    expect(cancelled).toEqual(['enough']);
    await deferred(() => Promise.reject(new Error('never'))).cancel();
    await expect(all(deferred(() => Promise.reject(new Error('closed'))))).rejects.toThrow(
      'closed',
    );
  });
});
