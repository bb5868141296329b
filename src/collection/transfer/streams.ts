/** Generators as streams, and streams as batches that let go of what they read. */

import type { ByteReader } from './byte-reader.ts';

/** What a file holds, batch by batch, once. */
export interface Batches<T> {
  batches: AsyncIterable<T>;
  /**
   * Lets go of the stream: needed where `batches` are not begun, and heard where one is waited for,
   * which then fails with `aborted`. To end, fail or leave a loop over them does it, too.
   */
  cancel(): Promise<void>;
}

/** Makes the next part only when it is asked for. Cancelling the stream ends the generator. */
export function streamOf(
  parts: AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** A stream that `open` is asked for when it is read first. Cancelling it cancels that one. */
export function deferred(
  open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        reader ??= (await open()).getReader();
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads the beginning of a file; where that fails, the stream is let go of. */
export async function opened<T>(bytes: ByteReader, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await bytes.cancel();
    throw error;
  }
}

export function batchesOf<T>(bytes: ByteReader, batches: AsyncGenerator<T>): Batches<T> {
  return { batches: releasing(batches, () => bytes.cancel()), cancel: () => bytes.cancel() };
}

/** The same batches; `release` runs when they end, fail or are left. */
export async function* releasing<T>(
  batches: AsyncIterable<T>,
  release: () => Promise<void>,
): AsyncGenerator<T> {
  try {
    yield* batches;
  } finally {
    await release();
  }
}
