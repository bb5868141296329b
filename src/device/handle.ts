import { withinHearing } from './within.ts';

/** Some milliseconds are usual; Chromium 156 has been seen never to answer. */
export const HANDLE_PATIENCE_MS = 2000;

/**
 * A sync access handle of an OPFS file, as `createSyncAccessHandle` gives it; one that comes too late
 * is closed.
 *
 * @throws DOMException TimeoutError, or what the browser refuses it with
 */
export async function handleInTime<H extends { close(): void }>(pending: Promise<H>): Promise<H> {
  const handle = await withinHearing(HANDLE_PATIENCE_MS, pending);
  if (handle) return handle;
  void pending.then(
    (late) => late.close(),
    () => undefined,
  );
  throw new DOMException('The file could not be opened in time', 'TimeoutError');
}
