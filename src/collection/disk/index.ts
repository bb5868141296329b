/** The rows of a collection as bytes on the disk: files in OPFS, or pages in IndexedDB without it. */

export type { DiskFile, Page } from './disk-file.ts';
export { openOpfsFile, removeOpfsFolder, sweepOpfsFolder } from './opfs-folder.ts';
export { PagedFile, type Pages } from './paged-file.ts';
export { asWriter, isHeld } from './write-lock.ts';
