/** Waiting that a signal ends. */

import { abortError } from './errors.ts';

/**
 * What `work` comes to, or `reason` as soon as the signal fires; the work itself goes on.
 *
 * @param reason what to reject with. @default `aborted`, with the signal's own reason as its cause
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  reason: (signal: AbortSignal) => Error = abortError,
): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const give = (): void => {
      reject(reason(signal));
    };
    if (signal.aborted) give();
    signal.addEventListener('abort', give);
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', give);
    });
  });
}
