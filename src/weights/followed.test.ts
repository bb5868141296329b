import { describe, expect, it } from 'vitest';
import { followed } from './followed.ts';
import { openHash, sha256, type OpenHash } from './hash.ts';
import { MemoryFileStore } from './memory.ts';
import type { FileWriter } from './store.ts';

const MiB = 2 ** 20;
const BYTES = new Uint8Array(100 * MiB + 12_345);
// `Uint8Array.from` would take seconds for so many.
for (let i = 0; i < BYTES.length; i++) BYTES[i] = (i * 7) ^ (i >> 9);
const key = { folder: 'followed', path: 'model.onnx' };

/** A writer in memory that can read back, holding bytes from an earlier download. */
async function writerOf(beginning: Uint8Array<ArrayBuffer>): Promise<FileWriter> {
  const store = new MemoryFileStore();
  if (beginning.length > 0) await (await store.open(key)).write(beginning);
  const writer = await store.open(key);
  const read = (from: number, length: number) => Promise.resolve(BYTES.slice(from, from + length));
  return Object.assign(writer, { read });
}

async function append(writer: FileWriter, bytes: Uint8Array, chunk = 3 * MiB): Promise<void> {
  for (let at = 0; at < bytes.length; at += chunk) {
    await writer.write(bytes.subarray(at, at + chunk));
  }
}

/** Hashes that were opened, and those still open. */
function counting(open: OpenHash): { openHash: OpenHash; opened: number; closed: number } {
  const counts = { opened: 0, closed: 0 };
  return Object.assign(counts, {
    openHash: async () => {
      counts.opened++;
      const hash = await open();
      return { ...hash, close: () => (counts.closed += 1) };
    },
  });
}

describe('a file that is hashed while it is written', () => {
  it.each([
    ['from its start', 0],
    ['from where an earlier download stopped', 70 * MiB + 1],
  ])('has the hash of all its bytes, %s', async (_, resumed) => {
    const hashes = counting(openHash);
    const writer = followed(await writerOf(BYTES.slice(0, resumed)), hashes.openHash);
    await append(writer, BYTES.subarray(resumed));
    const content = await writer.written();
    expect(content.sha256).toBe(await sha256(BYTES));
    expect(content.blob.size).toBe(BYTES.length);
    expect(hashes).toMatchObject({ opened: 1, closed: 1 });
  });

  it('begins again where the server has changed it', async () => {
    const hashes = counting(openHash);
    const writer = followed(await writerOf(new Uint8Array(0)), hashes.openHash);
    await append(writer, new Uint8Array(80 * MiB));
    await writer.restart('"new"');
    await append(writer, BYTES);
    expect((await writer.written()).sha256).toBe(await sha256(BYTES));
    expect(hashes).toMatchObject({ opened: 2, closed: 2 });
  });

  it('starts no thread while it is small', async () => {
    const hashes = counting(openHash);
    const writer = followed(await writerOf(new Uint8Array(0)), hashes.openHash);
    await append(writer, BYTES.subarray(0, 60 * MiB));
    expect((await writer.written()).sha256).toBeUndefined();
    expect(hashes.opened).toBe(0);
  });

  it.each([
    ['does not start', () => Promise.reject(new Error('no thread'))],
    [
      'dies',
      async () => ({ ...(await openHash()), update: () => Promise.reject(new Error('dead')) }),
    ],
  ] as const)('is left to others where the thread %s', async (_, open: OpenHash) => {
    const writer = followed(await writerOf(new Uint8Array(0)), open);
    await append(writer, BYTES);
    expect((await writer.written()).sha256).toBeUndefined();
  });

  it('lets go of its thread when it is given up', async () => {
    const hashes = counting(openHash);
    const writer = followed(await writerOf(new Uint8Array(0)), hashes.openHash);
    await append(writer, BYTES.subarray(0, 90 * MiB));
    await writer.suspend();
    await expect.poll(() => hashes).toMatchObject({ opened: 1, closed: 1 });
  });
});

it('leaves a writer alone that cannot be read back', async () => {
  const writer = await new MemoryFileStore().open(key);
  expect(followed(writer, openHash)).toBe(writer);
});
