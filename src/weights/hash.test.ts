import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from './hash.ts';

const PIECE = 8 * 1024 * 1024;
const sizes = [0, 1, 1000, PIECE - 1, PIECE, PIECE + 1];

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(sizes)('sha256 of %d bytes', (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31) % 253);
  const expected = createHash('sha256').update(bytes).digest('hex');

  it("is the browser's own digest", async () => {
    expect(await sha256(new Blob([bytes]))).toBe(expected);
  });

  it('is the same where there is no crypto.subtle, as on pages without TLS', async () => {
    vi.stubGlobal('crypto', {});
    expect(await sha256(new Blob([bytes]))).toBe(expected);
  });
});
