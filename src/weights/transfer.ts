/** Bytes of one file from its server to a writer: what is missing, and no more than expected. */

import { abortError, NearfieldError } from '../contract/index.ts';
import { nextTask } from './held.ts';
import {
  badStatus,
  contentLength,
  isMissing,
  mayBeCompressed,
  request,
  validatorOf,
} from './http.ts';
import type { RemoteFile } from './plan.ts';
import type { FileWriter } from './store.ts';

export interface TransferContext {
  signal?: AbortSignal;
  /** Bytes of this file that are here. Starts again at 0 when the server changed the file. */
  onBytes?: (loaded: number) => void;
}

/**
 * Appends what is missing; gives the validator of the whole file. Throws `download-failed` where
 * another try may help, `model-not-found`, `integrity` or `aborted`.
 */
export async function transfer(
  file: RemoteFile,
  writer: FileWriter,
  context: TransferContext,
): Promise<string | undefined> {
  if (writer.offset > 0 && writer.offset === file.bytes) return writer.etag;
  const response = await request(file.url, { headers: rangeOf(file, writer) }, context.signal);
  if (isAllHere(response, file, writer)) {
    await response.body?.cancel();
    return writer.etag;
  }
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
  await pump(response.body, file, writer, expected, context);
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

/** The last bytes had come when their worker was killed: nothing is left to send (RFC 9110, 15.5.17). */
function isAllHere(response: Response, file: RemoteFile, writer: FileWriter): boolean {
  if (response.status !== 416) return false;
  const bytes = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const same = file.immutable || validatorOf(response) === writer.etag;
  return same && Number(bytes) === writer.offset;
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

async function pump(
  body: ReadableStream<Uint8Array>,
  file: RemoteFile,
  writer: FileWriter,
  expected: number | undefined,
  context: TransferContext,
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
