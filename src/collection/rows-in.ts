/** Documents and vectors made elsewhere, from a file each, into an open collection. */

import { throwIfAborted } from '../contract/index.ts';
import type { AddRowsOptions, ByteSource, CollectionInfo, RowsFile } from '../contract/index.ts';
import { badInput } from './checks.ts';
import { putBatches, type Put } from './putting.ts';
import { incompatible, sameSpec } from './spec.ts';
import {
  bytesOf,
  checkedSource,
  paired,
  readDocuments,
  readFvecs,
  readNpy,
} from './transfer/index.ts';

const READERS = { npy: readNpy, fvecs: readFvecs };

export interface RowsIn {
  documents: ByteSource;
  vectors: ByteSource;
  made: RowsFile;
}

/**
 * Throws `incompatible-index` for vectors of another space,
 * `bad-input` and `integrity` for files that are wrong.
 *
 * @param info of the collection
 */
export async function putRows(
  put: Put,
  info: CollectionInfo,
  { documents, vectors, made }: RowsIn,
  { signal, onProgress }: AddRowsOptions,
): Promise<void> {
  const { format } = made;
  if (!Object.hasOwn(READERS, format)) {
    throw badInput(`format must be one of ${Object.keys(READERS).join(', ')}`, format);
  }
  const lines = checkedSource('documents', documents);
  const rows = checkedSource('vectors', vectors);
  try {
    throwIfAborted(signal);
    const file = await READERS[format](bytesOf(rows, signal));
    const pair = paired(readDocuments(bytesOf(lines, signal)), file);
    try {
      const spec = { ...made, dimensions: file.dimensions };
      if (!sameSpec(info, spec)) throw incompatible(info.name, info, spec);
      await putBatches(put, pair.batches, { passages: file.rows ?? 0, signal, onProgress });
    } finally {
      await pair.cancel();
    }
  } catch (error) {
    // The caller's own reason, not what the stream made of it.
    throwIfAborted(signal);
    throw error;
  }
}
