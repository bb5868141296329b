import { abortError, messageOf, NearfieldError, pause, throwIfAborted } from '../contract/index.ts';
import { own } from './manifest.ts';

/** What a server says of a file without sending it. */
export interface Probe {
  bytes?: number;
  /** Length of an answer that may be compressed. */
  aboutBytes?: number;
  etag?: string;
}

/** Asks for a file's size and validator; undefined when it is not there. */
export async function probe(url: string, signal?: AbortSignal): Promise<Probe | undefined> {
  let response = await request(url, { method: 'HEAD' }, signal);
  if (response.status === 405 || response.status === 501) {
    response = await request(url, {}, signal);
    await response.body?.cancel();
  }
  if (isMissing(response)) return undefined;
  if (!response.ok) throw badStatus(url, response);
  const bytes = contentLength(response);
  const etag = validatorOf(response);
  return {
    ...(bytes && { [mayBeCompressed(response) ? 'aboutBytes' : 'bytes']: bytes }),
    ...(etag !== undefined && { etag }),
  };
}

export function contentLength(response: Response): number | undefined {
  const bytes = Number(response.headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/**
 * Whether Content-Length may count compressed bytes. Of another origin's answer scripts see that
 * header always, but Content-Encoding only where the server exposes it; one that exposes all
 * headers exposes the one that says so. Partial answers are never compressed (fetch standard).
 */
export function mayBeCompressed(response: Response): boolean {
  const { headers, status, type } = response;
  if (status === 206) return false;
  if (headers.has('content-encoding')) return true;
  return type === 'cors' && !headers.has('access-control-expose-headers');
}

/** Pauses before the tries after the first; what they bridge is over in a moment or not soon. */
const RETRY_AFTER_MS = [250, 750];

/**
 * A JSON file, or undefined when it is not there. A network that fails, and a server that is busy
 * or in trouble (429, 5xx), are asked twice more; not so when the browser knows that it is offline.
 *
 * @throws NearfieldError `bad-model` when it is not JSON, `download-failed`, `aborted`
 */
export async function fetchJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const text = await fetchText(url, signal);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new NearfieldError('bad-model', `${url} is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

async function fetchText(
  url: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await request(url, {}, signal);
      if (isMissing(response)) return undefined;
      if (!response.ok) throw badStatus(url, response);
      return await textOf(url, response, signal);
    } catch (error) {
      const wait = RETRY_AFTER_MS[attempt];
      if (wait === undefined || !mayPass(error)) throw error;
      await pause(wait, signal);
    }
  }
}

/** Whether another try may find the network or the server in better health. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof NearfieldError) || error.code !== 'download-failed') return false;
  const status = own(error.cause, 'status');
  if (typeof status === 'number') return status === 429 || status >= 500;
  // Node has no such thing, at least not of every version.
  return (globalThis.navigator as { onLine: boolean } | undefined)?.onLine ?? true;
}

async function textOf(
  url: string,
  response: Response,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throwIfAborted(signal);
    throw new NearfieldError('download-failed', `${url} broke off: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

/** fetch with coded errors; statuses are the caller's. */
export async function request(
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, { ...init, credentials: 'same-origin', ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw new NearfieldError(
      'download-failed',
      `${url} could not be fetched: ${messageOf(error)}. Check the connection, and that the server allows this origin (CORS).`,
      { cause: error },
    );
  }
}

/**
 * Servers of single-page applications answer unknown paths with their index page and status 200;
 * no file of a model is HTML.
 */
export function isMissing(response: Response): boolean {
  if ([401, 403, 404, 410].includes(response.status)) return true;
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('text/html');
}

export function validatorOf(response: Response): string | undefined {
  return response.headers.get('etag') ?? response.headers.get('last-modified') ?? undefined;
}

/** An answer that is no success, as an error; its status is in the cause. */
export function badStatus(url: string, response: Response): NearfieldError {
  const { status, statusText } = response;
  return new NearfieldError(
    'download-failed',
    `${url} answered ${status} ${statusText}`.trim() + '; try again later.',
    { cause: { status } },
  );
}
