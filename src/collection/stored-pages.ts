/** Pages of files in the database, as parts of a transaction; there are none where there is OPFS. */

import type { Transaction } from '../cache/index.ts';
import type { Page } from './disk/index.ts';
import type { Edition } from './row-files.ts';
import type { CollectionSchema } from './schema.ts';

type Writing = Transaction<CollectionSchema, 'readwrite'>;

export function writePages(transaction: Writing, pages: readonly Page[]): Promise<unknown>[] {
  const store = transaction.objectStore('pages');
  return pages.map(({ file, number, bytes }) => store.put(bytes, [file, number]));
}

/** Those of an edition's files. */
export function removePages(
  transaction: Writing,
  edition: Edition | undefined,
): Promise<unknown>[] {
  if (edition?.disk !== 'pages') return [];
  // Files are named by their edition's id and a suffix, and pages by file and number.
  const ofEdition = IDBKeyRange.bound([edition.id], [`${edition.id}\uffff`]);
  return [transaction.objectStore('pages').delete(ofEdition)];
}
