import { transfer } from 'comlink';
import { throwIfAborted } from '../contract/index.ts';
import type { CollectionInfo, Dtype, Embedder, EmbedProgress } from '../contract/index.ts';
import { passageInput } from '../passages/index.ts';
import type { SearchSession } from './session.ts';
import type { CutDocument } from './wire.ts';

/** Passages embedded and stored together: an abort loses no more than these. */
const SLICE_PASSAGES = 64;

export interface EmbeddingOf {
  embedder: Embedder;
  /** Throws when vectors that the embedder has just made are of another space than those stored. */
  assertSame: () => void;
  dimensions: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: EmbedProgress) => void) | undefined;
}

type Vectors = Float32Array<ArrayBuffer>;
type Store = (
  documents: readonly CutDocument[],
  vectors: Vectors,
  dtype: Dtype,
) => Promise<unknown>;

/** Embeds documents slice by slice; `store` gets whole documents only. Gives the passages done. */
export async function embedInto(
  store: Store,
  documents: readonly CutDocument[],
  work: EmbeddingOf,
  { done, total }: Pick<EmbedProgress, 'done' | 'total'>,
): Promise<number> {
  let finished = done;
  for (const slice of slices(documents)) {
    throwIfAborted(work.signal);
    const before = finished;
    const texts = slice.flatMap(inputs);
    const { data } = await work.embedder.embed(texts, {
      kind: 'document',
      dimensions: work.dimensions,
      ...(work.signal && { signal: work.signal }),
      onProgress: (progress) => {
        const share = (before + progress.share * texts.length) / total;
        work.onProgress?.({ done: before + progress.done, total, share });
      },
    });
    throwIfAborted(work.signal);
    work.assertSame();
    await store(slice, data, work.embedder.info.dtype);
    finished += texts.length;
  }
  return finished;
}

/**
 * Embeds all stored documents again. The old vectors stay in place until all new ones are there; these
 * are stored beside them, so that after a failure or an abort the next call goes on from there.
 */
export async function reembed(session: SearchSession, work: EmbeddingOf): Promise<CollectionInfo> {
  const start = await session.call((api) => api.beginReembedding());
  // Another tab was faster.
  if (!start) return session.call((api) => api.info());
  let { done, total } = start;
  if (done > 0) work.onProgress?.({ done, total, share: done / total });
  const stage: Store = (documents, vectors, dtype) =>
    session.call((api) => api.stage(documents, transfer(vectors, [vectors.buffer]), dtype));
  for (;;) {
    throwIfAborted(work.signal);
    const documents = await session.call((api) => api.nextToReembed());
    // Another tab may have added some since the count.
    total = Math.max(total, done + countPassages(documents));
    done = await embedInto(stage, documents, work, { done, total });
    if (documents.length > 0) continue;
    const info = await session.call((api) => api.finishReembedding());
    if (info) return info;
  }
}

export function countPassages(documents: readonly CutDocument[]): number {
  return documents.reduce((sum, { spans }) => sum + spans.length / 2, 0);
}

function inputs({ document, spans }: CutDocument): string[] {
  return Array.from({ length: spans.length / 2 }, (_, i) =>
    passageInput(document.text.slice(spans[2 * i], spans[2 * i + 1]), document.title),
  );
}

function* slices(documents: readonly CutDocument[]): Generator<CutDocument[]> {
  let slice: CutDocument[] = [];
  for (const document of documents) {
    if (slice.length > 0 && countPassages([...slice, document]) > SLICE_PASSAGES) {
      yield slice;
      slice = [];
    }
    slice.push(document);
  }
  if (slice.length > 0) yield slice;
}
