import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../../contract/index.ts';
import { exportStream, importStream, type ExportedDocument } from './index.ts';
import { all, bytesOf, each, exported, HEAD } from './samples.ts';

const ONE = exported({ id: 'a', text: 'abc' }, { cuts: [], seed: 1, dimensions: 3 });

/** What would run ahead of its reader has done so after this. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve));
}

describe('streaming', () => {
  /** Documents of 1 MiB, and how many were asked for. */
  function big() {
    const seen = { made: 0, ended: false };
    async function* make(): AsyncGenerator<ExportedDocument> {
      try {
        for (;;) {
          const text = `${seen.made++} `.padEnd(1024 * 1024, 'x');
          const document = { id: `d${seen.made}`, text };
          yield exported(document, { cuts: [], seed: 1, dimensions: 3 });
        }
      } finally {
        seen.ended = true;
      }
    }
    return { seen, documents: make() };
  }

  it('takes a document only when its block is asked for, and ends their iterator', async () => {
    const { seen, documents } = big();
    const reader = exportStream(HEAD, documents).getReader();
    const made = [];
    for (let i = 0; i < 6; i++) {
      await reader.read();
      await settled();
      made.push(seen.made);
    }
    expect(made).toEqual([0, 0, 1, 2, 3, 4]);
    await reader.cancel();
    expect(seen).toEqual({ made: 4, ended: true });
  });

  it('reads no further than the block that is asked for, and lets go when the loop is left', async () => {
    const { documents } = big();
    const source = exportStream(HEAD, documents).getReader();
    const seen = { read: 0, cancelled: false };
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { value } = await source.read();
          seen.read++;
          controller.enqueue(value!);
        },
        cancel() {
          seen.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const { batches } = await importStream(stream);
    await settled();
    const read = [seen.read];
    for await (const batch of batches) {
      expect(batch).toHaveLength(1);
      await settled();
      if (read.push(seen.read) === 5) break;
    }
    expect(read).toEqual([2, 3, 4, 5, 6]);
    expect(seen.cancelled).toBe(true);
  });

  it('lets go of a stream that is not begun, waited for, or wrong', async () => {
    const bytes = await bytesOf(exportStream(HEAD, each([ONE])));
    const cancelled: unknown[] = [];
    const openEnded = (part: Uint8Array) =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(part),
        cancel: () => void cancelled.push(part.length),
      });
    const unbegun = await importStream(openEnded(bytes.subarray(0, -1)));
    await unbegun.cancel();
    await expect(all(unbegun.batches)).rejects.toMatchObject({ code: 'aborted' });
    const waiting = await importStream(openEnded(bytes.subarray(0, -2)));
    const documents = all(waiting.batches);
    await waiting.cancel();
    await expect(documents).rejects.toMatchObject({ code: 'aborted' });
    await expect(importStream(openEnded(bytes.subarray(1)))).rejects.toMatchObject({
      code: 'bad-input',
    });
    expect(cancelled).toEqual([bytes.length - 1, bytes.length - 2, bytes.length - 1]);
  });

  it('hands on why a stream failed', async () => {
    const failing = (error: unknown) =>
      importStream(new ReadableStream({ start: (controller) => controller.error(error) }));
    const aborted = new DOMException('stop', 'AbortError');
    await expect(failing(aborted)).rejects.toMatchObject({ code: 'aborted' });
    await expect(failing(new Error('disk'))).rejects.toMatchObject({
      code: 'storage',
      message: 'disk',
    });
    const strings = new ReadableStream<never>({
      start: (controller) => controller.enqueue('NFCX' as never),
    });
    await expect(importStream(strings)).rejects.toMatchObject({ code: 'bad-input' });
    async function* broken(): AsyncGenerator<ExportedDocument> {
      yield ONE;
      throw new NearfieldError('storage', 'gone');
    }
    await expect(bytesOf(exportStream(HEAD, broken()))).rejects.toMatchObject({ code: 'storage' });
  });
});
