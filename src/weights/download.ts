import { abortError, NearfieldError, throwIfAborted } from '../contract/index.ts';
import { HOLD_BYTES, sha256 } from './hash.ts';
import {
  badStatus,
  contentLength,
  isMissing,
  mayBeCompressed,
  probe,
  request,
  validatorOf,
} from './http.ts';
import { locked } from './lock.ts';
import { MemoryFileStore } from './memory.ts';
import { hasOpfs } from './opfs.ts';
import { opfsStore } from './opfs-writer.ts';
import type { RemoteFile } from './plan.ts';
import type { FileStore, FileWriter, StoredFile } from './store.ts';

export interface DownloadContext {
  store: FileStore;
  signal?: AbortSignal;
  /** Bytes of this file that are here. Starts again at 0 when the server changed the file. */
  onBytes?: (loaded: number) => void;
  /** Told when the file could not be kept and lives in memory. */
  onWarning?: (message: string) => void;
}

/** Tries after the first, each from where the last one stopped. */
const RETRIES = 3;
const FIRST_PAUSE_MS = 300;

export function openFileStore(): FileStore {
  return hasOpfs() ? opfsStore : new MemoryFileStore();
}

/**
 * A verified file: from the store when it is there, else fetched, resumed and kept.
 * Throws `model-not-found`, `download-failed`, `integrity` or `aborted`.
 */
export async function fetchFile(file: RemoteFile, context: DownloadContext): Promise<StoredFile> {
  try {
    return await locked(file.key, context.signal, () => storedOrFetched(file, context));
  } catch (error) {
    // A lock that was waited for rejects with the caller's own reason.
    throwIfAborted(context.signal);
    if (!(error instanceof NearfieldError) || !['quota', 'storage'].includes(error.code))
      throw error;
    context.onWarning?.(`${file.key.path} is kept in memory only. ${error.message}`);
    return storedOrFetched(file, { ...context, store: new MemoryFileStore() });
  }
}

async function storedOrFetched(file: RemoteFile, context: DownloadContext): Promise<StoredFile> {
  throwIfAborted(context.signal);
  const stored = await context.store.get(file.key);
  if (stored && (await isCurrent(stored, file, context.signal))) {
    context.onBytes?.(stored.meta.bytes);
    return stored;
  }
  const writer = await context.store.open(file.key);
  try {
    return await fetchAll(file, writer, context);
  } finally {
    await writer.suspend();
  }
}

async function isCurrent(
  { meta }: StoredFile,
  file: RemoteFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (file.sha256 !== undefined) return meta.sha256 === file.sha256;
  if (file.bytes !== undefined && meta.bytes !== file.bytes) return false;
  if (file.immutable) return true;
  try {
    const now = await probe(file.url, signal);
    return (
      now === undefined || (now.etag === meta.etag && (now.bytes ?? meta.bytes) === meta.bytes)
    );
  } catch (error) {
    throwIfAborted(signal);
    // Offline or a failing server: what was verified when it was stored is still sound.
    if (error instanceof NearfieldError) return true;
    throw error;
  }
}

async function fetchAll(
  file: RemoteFile,
  writer: FileWriter,
  context: DownloadContext,
): Promise<StoredFile> {
  for (let attempt = 0; ; attempt++) {
    const resumed = writer.offset > 0;
    try {
      const held = roomFor(file, writer);
      const etag = await stream(file, writer, context, held);
      return await verify(file, writer, etag, held);
    } catch (error) {
      throwIfAborted(context.signal);
      const code = error instanceof NearfieldError ? error.code : undefined;
      if (code === 'integrity') await writer.restart(undefined);
      // A resumed file may mix two versions: that alone is worth a second look from the start.
      const again = code === 'download-failed' || (code === 'integrity' && resumed);
      if (!again || attempt >= RETRIES) throw error;
      await pause(FIRST_PAUSE_MS * 2 ** attempt, context.signal);
    }
  }
}

/** Memory for a file that is fetched from its start, so that it need not be read back at once. */
function roomFor(file: RemoteFile, writer: FileWriter): Uint8Array<ArrayBuffer> | undefined {
  const { bytes } = file;
  const holds = bytes !== undefined && bytes <= HOLD_BYTES && writer.offset === 0;
  try {
    return holds ? new Uint8Array(bytes) : undefined;
  } catch {
    // Too little memory for a shortcut: the file is read back from the store instead.
    return undefined;
  }
}

/** Appends what is missing; gives the validator of the whole file. */
async function stream(
  file: RemoteFile,
  writer: FileWriter,
  context: DownloadContext,
  held: Uint8Array | undefined,
): Promise<string | undefined> {
  if (writer.offset > 0 && writer.offset === file.bytes) return writer.etag;
  const headers = rangeOf(file, writer);
  const response = await request(file.url, { headers }, context.signal);
  if (response.status === 416 || !continues(response, file, writer)) {
    await response.body?.cancel();
    await writer.restart(undefined);
    throw new NearfieldError('download-failed', `${file.url} cannot be continued.`);
  }
  if (isMissing(response)) throw missing(file, response);
  if (!response.ok || !response.body) throw badStatus(file.url, response);
  const etag = validatorOf(response);
  if (response.status !== 206) await writer.restart(etag);
  const expected = expectedBytes(file, response, writer.offset);
  await pump(response.body, file, writer, expected, context, held);
  if (expected !== undefined && writer.offset < expected) {
    throw new NearfieldError(
      'download-failed',
      `${file.url} broke off after ${writer.offset} of ${expected} bytes.`,
    );
  }
  return etag;
}

/**
 * No If-Range: a server of another origin that was not told to allow it refuses the whole request.
 * Whether the rest belongs to what is here, `continues` says.
 */
function rangeOf(file: RemoteFile, writer: FileWriter): HeadersInit {
  const { offset, etag } = writer;
  const sound = file.immutable || (etag !== undefined && !etag.startsWith('W/'));
  return offset > 0 && sound ? { Range: `bytes=${offset}-` } : {};
}

/** Whether a partial answer starts where the file ends, and is of the same version. */
function continues(response: Response, file: RemoteFile, writer: FileWriter): boolean {
  if (response.status !== 206) return true;
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (start !== undefined && Number(start) !== writer.offset) return false;
  return file.immutable || validatorOf(response) === writer.etag;
}

function expectedBytes(file: RemoteFile, response: Response, offset: number): number | undefined {
  const range = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const length = mayBeCompressed(response) ? undefined : contentLength(response);
  const rest = length === undefined ? undefined : offset + length;
  const told = range === undefined ? rest : Number(range);
  if (file.bytes !== undefined && told !== undefined && told !== file.bytes) {
    throw wrongSize(file, told);
  }
  return file.bytes ?? told;
}

/** A fast download resolves its reads at once and would keep messages and timers waiting. */
const YIELD_BYTES = 4 * 1024 * 1024;

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function pump(
  body: ReadableStream<Uint8Array>,
  file: RemoteFile,
  writer: FileWriter,
  expected: number | undefined,
  context: DownloadContext,
  held: Uint8Array | undefined,
): Promise<void> {
  const reader = body.getReader();
  let yieldAt = writer.offset + YIELD_BYTES;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (expected !== undefined && writer.offset + value.byteLength > expected) {
        throw wrongSize(file, writer.offset + value.byteLength);
      }
      held?.set(value, writer.offset);
      await writer.write(value);
      context.onBytes?.(writer.offset);
      if (writer.offset < yieldAt) continue;
      yieldAt = writer.offset + YIELD_BYTES;
      await nextTask();
    }
  } catch (error) {
    if (context.signal?.aborted) throw abortError(context.signal);
    if (error instanceof NearfieldError) throw error;
    throw new NearfieldError('download-failed', `${file.url} broke off: ${String(error)}.`, {
      cause: error,
    });
  } finally {
    // A stream that has erred refuses to be cancelled; its error is already on its way.
    await Promise.allSettled([reader.cancel()]);
  }
}

async function verify(
  file: RemoteFile,
  writer: FileWriter,
  etag: string | undefined,
  held: Uint8Array<ArrayBuffer> | undefined,
): Promise<StoredFile> {
  const blob = await writer.written();
  const bytes = held?.byteLength === blob.size ? held : undefined;
  const hash = await sha256(blob, bytes);
  if (file.sha256 !== undefined && hash !== file.sha256) {
    throw new NearfieldError(
      'integrity',
      `${file.url} is not the expected file: SHA-256 ${file.sha256} expected, got ${hash}. Nothing of it was kept.`,
    );
  }
  const meta = { bytes: blob.size, sha256: hash, ...(etag !== undefined && { etag }) };
  return { ...(await writer.finish(meta)), ...(bytes && { bytes }) };
}

function wrongSize(file: RemoteFile, got: number): NearfieldError {
  return new NearfieldError(
    'integrity',
    `${file.url} has another size than expected: ${String(file.bytes)} bytes expected, got ${got} or more.`,
  );
}

function missing(file: RemoteFile, response: Response): NearfieldError {
  const how = response.ok ? 'an HTML page' : `status ${response.status}`;
  return new NearfieldError(
    'model-not-found',
    `${file.url} is not there: the server answered ${how}. Check the model's name, its revision and the dtype.`,
  );
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(abortError(signal));
      },
      { once: true },
    );
  });
}
