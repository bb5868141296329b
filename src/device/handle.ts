import { within } from './within.ts';

/** Some milliseconds are usual; Chromium 156 has been seen never to answer. */
export const HANDLE_PATIENCE_MS = 2000;

/** A thread that is busy for longer uses up one wait of several: an answer that has come is then heard. */
const WAITS = 4;

/**
 * A sync access handle of an OPFS file, as `createSyncAccessHandle` gives it; one that comes too late
 * is closed.
 *
 * @throws DOMException TimeoutError, or what the browser refuses it with
 */
export async function handleInTime<H extends { close(): void }>(pending: Promise<H>): Promise<H> {
  for (let wait = 0; wait < WAITS; wait++) {
    const handle = await within(HANDLE_PATIENCE_MS / WAITS, pending);
    if (handle) return handle;
  }
  void pending.then(
    (late) => late.close(),
    () => undefined,
  );
  throw new DOMException('The file could not be opened in time', 'TimeoutError');
}
