import { abortError, NearfieldError, messageOf } from '../contract/index.ts';

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

/** A JSON file, or undefined when it is not there. Throws `bad-model` when it is not JSON. */
export async function fetchJson(url: string, signal?: AbortSignal): Promise<unknown> {
  const response = await request(url, {}, signal);
  if (isMissing(response)) return undefined;
  if (!response.ok) throw badStatus(url, response);
  try {
    return await response.json();
  } catch (error) {
    throw new NearfieldError('bad-model', `${url} is not JSON: ${messageOf(error)}`, {
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

export function badStatus(url: string, response: Response): NearfieldError {
  return new NearfieldError(
    'download-failed',
    `${url} answered ${response.status} ${response.statusText}`.trim() + '; try again later.',
  );
}
