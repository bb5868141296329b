import { describe, expect, it } from 'vitest';
import { PiecewiseBlob } from './pieces.ts';

const bytes = Uint8Array.from({ length: 20 * 1024 * 1024 + 7 }, (_, i) => (i * 31) % 251);
const blob = new PiecewiseBlob(new Blob([bytes]));

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

describe('a piecewise blob', () => {
  it('is a blob of the same size and bytes', async () => {
    expect(blob).toBeInstanceOf(Blob);
    expect(blob.size).toBe(bytes.length);
    expect(Buffer.compare(await collect(blob.stream()), bytes)).toBe(0);
    expect(Buffer.compare(new Uint8Array(await blob.arrayBuffer()), bytes)).toBe(0);
  });

  it.each([
    [0, 10],
    [3, 9 * 1024 * 1024],
    [8 * 1024 * 1024, 16 * 1024 * 1024],
    [bytes.length - 5, bytes.length],
    [5, 5],
  ])('gives the part from %d to %d', async (start, end) => {
    const part = blob.slice(start, end);
    expect(part.size).toBe(end - start);
    expect(Buffer.compare(await collect(part.stream()), bytes.subarray(start, end))).toBe(0);
  });

  it('streams from the file anew each time, in more pieces than one', async () => {
    const reader = blob.stream().getReader();
    const { value } = await reader.read();
    expect(value?.byteLength).toBeLessThan(bytes.length);
    await reader.cancel();
    expect((await collect(blob.stream())).length).toBe(bytes.length);
  });
});
