import PQueue from 'p-queue';
import {
  NearfieldError,
  reindexed,
  throwIfAborted,
  toNearfieldError,
  unwrap,
  type EmbedContext,
  type EmbedRequest,
  type EmbedRows,
  type EmbedTexts,
  type ErrorCode,
  type SliceResult,
} from '../contract/index.ts';
import { planSlices } from './slices.ts';
import { openSession, type Session, type SessionOptions } from './session.ts';

/** Texts and UTF-16 units of one message to the worker: a second or so of work on a slow machine. */
const SLICE = { texts: 32, characters: 8192 };

/** After these a worker's state cannot be trusted: the next call starts a fresh one. */
const SPOILED_BY: readonly ErrorCode[] = ['device-lost', 'out-of-memory', 'bad-vector', 'internal'];

export interface RemoteEmbedder {
  /** The running session; starts one when there is none. */
  session(): Promise<Session>;
  embed: EmbedTexts;
  readonly counts: { texts: number; tokens: number; milliseconds: number };
  close(): Promise<void>;
}

/** The model in its worker, as a function from texts to rows that survives the worker's death. */
export function remoteEmbedder(options: SessionOptions): RemoteEmbedder {
  const queue = new PQueue({ concurrency: 1 });
  const counts = { texts: 0, tokens: 0, milliseconds: 0 };
  let current: Promise<Session> | undefined;
  let closed = false;

  const drop = (session: Promise<Session>): void => {
    if (current === session) current = undefined;
  };

  const session = (): Promise<Session> => {
    if (closed) return Promise.reject(closedError());
    if (current) return current;
    const opening = openSession(options);
    current = opening;
    opening.then(
      ({ worker }) => worker.dead.then(() => drop(opening)),
      () => drop(opening),
    );
    return opening;
  };

  const runSlice = async (
    { worker }: Session,
    request: EmbedRequest,
    { urgent, signal }: EmbedContext,
  ): Promise<SliceResult> => {
    const result = await queue.add(
      async () => {
        throwIfAborted(signal);
        const reply = await worker.call((api) => api.embed(request));
        if (reply.error && SPOILED_BY.includes(reply.error.code)) worker.terminate();
        return unwrap(reply);
      },
      { priority: urgent ? 1 : 0 },
    );
    counts.texts += request.texts.length;
    counts.tokens += result.tokens.reduce((sum, tokens) => sum + tokens, 0);
    counts.milliseconds += result.milliseconds;
    return result;
  };

  const embed: EmbedTexts = async (request, context) => {
    const { texts, ...rest } = request;
    const { signal, onProgress } = context;
    throwIfAborted(signal);
    const open = await session();
    const rows = emptyRows(texts.length, open.model.dimensions, open.model.identity);
    let done = 0;
    for (const positions of planSlices(texts, SLICE)) {
      throwIfAborted(signal);
      const slice = { ...rest, texts: positions.map((i) => texts[i] ?? '') };
      const result = await runSlice(open, slice, context).catch((error: unknown) => {
        const known = toNearfieldError(error);
        throw reindexed(known, positions[known.index ?? -1] ?? 0);
      });
      scatter(result, positions, rows);
      done += positions.length;
      onProgress?.({ done, total: texts.length });
    }
    return rows;
  };

  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    const open = await current?.catch(() => undefined);
    if (!open) return;
    // A worker that dies while it frees its session has freed it all the same.
    await open.worker.call((api) => api.close()).catch(() => undefined);
    open.worker.terminate(closedError());
  };

  return { session, embed, counts, close };
}

function emptyRows(rows: number, width: number, identity: string): EmbedRows {
  return {
    data: new Float32Array(rows * width),
    tokens: new Uint32Array(rows),
    truncated: new Uint8Array(rows),
    identity,
  };
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

function closedError(): NearfieldError {
  return new NearfieldError('closed', 'This embedder was closed; create another one.');
}
