/** Stores a file, then reads it where it lies: twice at once, and past its end. */

import { toNearfieldError } from '../contract/index.ts';
import { opfsStore } from './opfs-writer.ts';
import type { FileKey, OpenFile } from './store.ts';

const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);

async function carryOut(key: FileKey): Promise<{ same: boolean[]; pastEnd: string }> {
  const writer = await opfsStore.open(key);
  await writer.write(BYTES);
  const stored = await writer.finish({ bytes: BYTES.length, sha256: '' });
  const found = await opfsStore.get(key);
  const readers = [await stored.open?.(), await found?.open?.()];
  const told = { same: readers.map(readsTheSame), pastEnd: readPastEnd(readers[0]) };
  for (const reader of readers) reader?.close();
  return told;
}

/** Into memory that threads share, as the engine's is. */
function readsTheSame(reader: OpenFile | undefined): boolean {
  const { buffer } = new WebAssembly.Memory({ initial: 2, maximum: 2, shared: true });
  const into = new Uint8Array(buffer, 64, BYTES.length - 1000);
  reader?.read(into, 1000);
  return into.every((byte, i) => byte === BYTES[i + 1000]);
}

function readPastEnd(reader: OpenFile | undefined): string {
  try {
    reader?.read(new Uint8Array(10), BYTES.length - 5);
    return 'read';
  } catch (error) {
    return toNearfieldError(error).code;
  }
}

addEventListener('message', ({ data }: MessageEvent<FileKey>) => {
  void carryOut(data).then((told) => {
    postMessage(told);
  });
});
