/** Documents whose vectors are there already, on their way into a collection. */

import { throwIfAborted, type EmbedProgress } from '../contract/index.ts';
import { joined } from './joined.ts';
import type { ExportedDocument } from './transfer/index.ts';
import type { CutDocument } from './wire.ts';

/** Stores documents with their rows, one per passage in their order. */
export type Put = (
  documents: readonly CutDocument[],
  vectors: Float32Array<ArrayBuffer>,
) => Promise<void>;

interface Putting {
  /** As many as will come, as far as known. */
  passages: number;
  signal: AbortSignal | undefined;
  onProgress: ((progress: EmbedProgress) => void) | undefined;
}

/** Stores batch after batch; each is a write of its own. */
export async function putBatches(
  put: Put,
  batches: AsyncIterable<ExportedDocument[]>,
  { passages, signal, onProgress }: Putting,
): Promise<void> {
  let done = 0;
  for await (const batch of batches) {
    throwIfAborted(signal);
    // The later one of an id is what counts; twice in one write it may not be.
    const documents = [...new Map(batch.map((one) => [one.document.id, one])).values()];
    const cut = documents.map(({ document, spans }) => ({ document, spans }));
    await put(cut, joined(documents.map(({ vectors }) => vectors)));
    done += batch.reduce((sum, { spans }) => sum + spans.length / 2, 0);
    const total = Math.max(done, passages, 1);
    onProgress?.({ done, total, share: done / total });
  }
}
