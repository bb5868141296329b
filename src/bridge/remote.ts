import { proxy } from 'comlink';
import PQueue from 'p-queue';
import {
  NearfieldError,
  abortError,
  reindexed,
  roomForRows,
  throwIfAborted,
  toNearfieldError,
  unlessAborted,
  unwrap,
  type EmbedContext,
  type EmbedRequest,
  type EmbedRows,
  type EmbedTexts,
  type ErrorCode,
  type SliceResult,
  type WireError,
} from '../contract/index.ts';
import { Pace } from './pace.ts';
import { SliceProgress } from './progress.ts';
import { planSlices } from './slices.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** After these a worker's state cannot be trusted: the next call starts a fresh one. */
const SPOILED_BY: readonly ErrorCode[] = [
  'device-lost',
  'out-of-memory',
  'bad-vector',
  'worker-crashed',
  'internal',
  // Of a file that the model reads from.
  'storage',
];

/** What the model has done so far; milliseconds are those of the worker. */
export interface ModelCounts {
  texts: number;
  tokens: number;
  milliseconds: number;
}

/** The model in its worker, as a function from texts to rows that survives the worker's death. */
export class RemoteEmbedder {
  readonly #options: SessionOptions;
  readonly #queue = new PQueue({ concurrency: 1 });
  /** Of urgent slices, where they need not wait for those of the other queue. */
  readonly #urgent = new PQueue({ concurrency: 1 });
  #pace = new Pace();
  /** Ends whatever worker there is, also one that is still loading. */
  readonly #ending = new AbortController();
  #current: Promise<Session> | undefined;
  #loaded: Session | undefined;
  #closed = false;
  readonly counts: ModelCounts = { texts: 0, tokens: 0, milliseconds: 0 };

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * The running session; starts one when there is none. A signal ends the waiting, not the loading:
   * others may wait for it, and so does the next call. `close` ends the loading.
   *
   * @throws NearfieldError `closed`, `aborted`, and whatever loading the model fails with
   */
  session(signal?: AbortSignal): Promise<Session> {
    if (this.#closed) return Promise.reject(closedError());
    if (signal?.aborted) return Promise.reject(abortError(signal));
    return unlessAborted(this.#current ?? this.#open(), signal);
  }

  /** All slices of a call run in one session: when that dies, the call rejects with the reason. */
  readonly embed: EmbedTexts = async (request, context) => {
    const { texts, ...rest } = request;
    throwIfAborted(context.signal);
    const session = await this.session(context.signal);
    const { dimensions, identity } = session.model;
    const rows = emptyRows(texts.length, dimensions, identity);
    const progress = new SliceProgress(texts.length, context.onProgress);
    for (const positions of planSlices(texts, this.#pace)) {
      const slice = { ...rest, texts: positions.map((i) => texts[i] ?? '') };
      const onShare = progress.next(positions.length);
      const result = await this.#run(session, slice, context, onShare).catch((error: unknown) => {
        progress.giveUp();
        const known = toNearfieldError(error);
        throw reindexed(known, positions[known.index ?? -1] ?? 0);
      });
      scatter(result, positions, rows);
      progress.finish();
    }
    return rows;
  };

  /** Frees the session and ends the worker; what is pending rejects with `closed`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // A session is not freed under a running slice, and a worker that ends frees it all the same.
    if (this.#loaded && this.#queue.pending + this.#urgent.pending === 0) {
      await Promise.allSettled([this.#loaded.worker.call((api) => api.close())]);
    }
    this.#ending.abort(closedError());
  }

  #open(): Promise<Session> {
    // Another device may be faster or slower.
    this.#pace = new Pace();
    const opening = openSession(this.#options, this.#ending.signal);
    this.#current = opening;
    const drop = (): void => {
      this.#current = undefined;
      this.#loaded = undefined;
    };
    opening.then((session) => {
      this.#loaded = session;
      return session.worker.dead.then(drop);
    }, drop);
    return opening;
  }

  async #run(
    { worker, model }: Session,
    slice: EmbedRequest,
    { urgent, signal }: EmbedContext,
    onShare: ((share: number) => void) | undefined,
  ): Promise<SliceResult> {
    const request = { ...slice, urgent };
    const run = async (): Promise<SliceResult> => {
      throwIfAborted(signal);
      if (this.#closed) throw closedError();
      const stop = (): void => {
        void Promise.allSettled([worker.call((api) => api.stop(urgent))]);
      };
      signal?.addEventListener('abort', stop, { once: true });
      const reply = await worker
        .call((api) => (onShare ? api.embed(request, proxy(onShare)) : api.embed(request)))
        .finally(() => signal?.removeEventListener('abort', stop));
      if (reply.error && SPOILED_BY.includes(reply.error.code))
        worker.terminate(spoiled(reply.error));
      // The caller's own reason, not what the worker heard of it.
      if (reply.error?.code === 'aborted') throwIfAborted(signal);
      return unwrap(reply);
    };
    const queue = urgent && model.interruptible ? this.#urgent : this.#queue;
    const result = await queue.add(run, { priority: urgent ? 1 : 0 });
    this.#pace.learn(charactersOf(request), result.milliseconds);
    this.counts.texts += request.texts.length;
    this.counts.tokens += result.tokens.reduce((sum, tokens) => sum + tokens, 0);
    this.counts.milliseconds += result.milliseconds;
    return result;
  }
}

function emptyRows(rows: number, width: number, identity: string): EmbedRows {
  return {
    data: roomForRows(rows, width),
    tokens: new Uint32Array(rows),
    truncated: new Uint8Array(rows),
    identity,
  };
}

function charactersOf({ texts }: EmbedRequest): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}

/** Puts a slice's rows where the caller's texts stand. */
function scatter(result: SliceResult, positions: readonly number[], into: EmbedRows): void {
  const width = result.data.length / positions.length;
  positions.forEach((position, row) => {
    into.data.set(result.data.subarray(row * width, (row + 1) * width), position * width);
    into.tokens[position] = result.tokens[row] ?? 0;
    into.truncated[position] = result.truncated[row] ?? 0;
  });
}

/** What other calls of the same session are told. */
function spoiled({ message }: WireError): NearfieldError {
  return new NearfieldError(
    'worker-crashed',
    `A Nearfield worker was stopped after a failure: ${message} The next call starts a new one.`,
  );
}

function closedError(): NearfieldError {
  return new NearfieldError('closed', 'This embedder was closed; create another one.');
}
