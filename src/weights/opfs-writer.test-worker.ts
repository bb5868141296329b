/** Opens a file twice where the first request for a handle stays unanswered. */

import { toNearfieldError } from '../contract/index.ts';
import { opfsStore } from './opfs-writer.ts';
import type { FileKey } from './store.ts';

const { prototype } = FileSystemFileHandle;
const open = Object.getOwnPropertyDescriptor(prototype, 'createSyncAccessHandle')?.value as (
  this: FileSystemFileHandle,
) => Promise<FileSystemSyncAccessHandle>;
let asked = 0;
prototype.createSyncAccessHandle = function (this: FileSystemFileHandle) {
  return asked++ === 0 ? new Promise<never>(() => undefined) : open.call(this);
};

async function openTwice(key: FileKey): Promise<string> {
  const first = await opfsStore.open(key).then(
    () => 'opened',
    (error: unknown) => {
      const { code, message } = toNearfieldError(error);
      return `${code}: ${message}`;
    },
  );
  const writer = await opfsStore.open(key);
  await writer.suspend();
  return `${first} then opened`;
}

addEventListener('message', ({ data }: MessageEvent<FileKey>) => {
  void openTwice(data).then((told) => {
    postMessage(told);
  });
});
