/** Where bytes come from: a file or a stream, which a signal ends. */

import { NearfieldError } from '../../contract/index.ts';

/** Throws `bad-input` for what is neither, or a stream that somebody else reads. */
export function checkedSource(what: string, source: unknown): Blob | ReadableStream<Uint8Array> {
  if (source instanceof Blob) return source;
  if (!(source instanceof ReadableStream)) {
    throw new NearfieldError(
      'bad-input',
      `${what} must be a Blob or a ReadableStream of Uint8Array, got ${typeof source}. ` +
        'Of a Response, pass its body.',
    );
  }
  if (source.locked) {
    throw new NearfieldError(
      'bad-input',
      `${what} must be a stream that nobody reads yet, got one that is locked.`,
    );
  }
  return source as ReadableStream<Uint8Array>;
}

/** The bytes; once the signal fires, reading fails and the source is let go of. */
export function bytesOf(
  source: Blob | ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const stream = source instanceof Blob ? source.stream() : source;
  return signal ? stream.pipeThrough(new TransformStream(), { signal }) : stream;
}
