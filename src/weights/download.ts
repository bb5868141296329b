import { NearfieldError, pause, throwIfAborted } from '../contract/index.ts';
import { followed } from './followed.ts';
import { sha256, type OpenHash } from './hash.ts';
import { held } from './held.ts';
import { probe } from './http.ts';
import { claim, locked } from './lock.ts';
import { MemoryFileStore } from './memory.ts';
import type { RemoteFile } from './plan.ts';
import type { Content, FileMeta, FileWriter, OpenStore, StoredFile } from './store.ts';
import { transfer, type TransferContext } from './transfer.ts';

export interface DownloadContext extends TransferContext {
  store: OpenStore;
  /** Told when the file cannot be kept and lives in memory, as far as that is known beforehand. */
  onWarning?: (message: string) => void;
  /**
   * When the work that the files are fetched for is done: a file that came fast and is in memory
   * whole is used at once, and stored only then. @default stored before it is used
   */
  quiet?: Promise<void>;
  /** Another thread to hash big files on while they come in. */
  openHash?: OpenHash;
}

export interface FetchedFile extends StoredFile {
  /** Whether the file is in the store, as soon as that is known. Never rejects. */
  kept: Promise<boolean>;
}

/** Tries after the first, each from where the last one stopped. */
const RETRIES = 3;
const FIRST_PAUSE_MS = 300;

/**
 * A verified file: from the store when it is there, else fetched, resumed and kept.
 * Throws `model-not-found`, `download-failed`, `integrity` or `aborted`.
 */
export async function fetchFile(file: RemoteFile, context: DownloadContext): Promise<FetchedFile> {
  try {
    return await underLock(file, context);
  } catch (error) {
    // A lock that was waited for rejects with the caller's own reason.
    throwIfAborted(context.signal);
    if (!(error instanceof NearfieldError) || !['quota', 'storage'].includes(error.code))
      throw error;
    context.onWarning?.(`${file.key.path} is kept in memory only. ${error.message}`);
    return underLock(file, { ...context, store: new MemoryFileStore() });
  }
}

/** The lock is held for the download; what is stored later is claimed till then. */
function underLock(file: RemoteFile, context: DownloadContext): Promise<FetchedFile> {
  return locked(file.key, context.signal, () => storedOrFetched(file, context));
}

async function storedOrFetched(file: RemoteFile, context: DownloadContext): Promise<FetchedFile> {
  throwIfAborted(context.signal);
  const claimed = await claim(file.key);
  const done = claimed ?? ((): void => undefined);
  try {
    const stored = await context.store.get(file.key);
    if (stored && (await isCurrent(stored, file, context.signal))) {
      context.onBytes?.(stored.meta.bytes);
      done();
      return Object.assign(stored, { kept: Promise.resolve(true) });
    }
    // Without a claim: another load has used the file from memory, and stores it soon.
    return await fetchInto(claimed ? context.store : new MemoryFileStore(), file, context, done);
  } catch (error) {
    done();
    throw error;
  }
}

async function fetchInto(
  store: OpenStore,
  file: RemoteFile,
  context: DownloadContext,
  done: () => void,
): Promise<FetchedFile> {
  const { quiet, openHash } = context;
  const direct = await store.open(file.key, file.bytes);
  const inMemory = quiet && store.durable ? held(direct, file.bytes) : undefined;
  const writer = inMemory ?? (openHash ? followed(direct, openHash) : direct);
  let verified: Verified;
  try {
    verified = await fetchAll(file, writer, context);
  } catch (error) {
    await writer.suspend();
    throw error;
  }
  const { content, meta } = verified;
  const finish = async (): Promise<StoredFile> => {
    try {
      return await writer.finish(meta);
    } finally {
      try {
        await writer.suspend();
      } finally {
        done();
      }
    }
  };
  if (!quiet || !inMemory) {
    return Object.assign(await finish(), { kept: Promise.resolve(store.durable) });
  }
  const kept = quiet.then(finish).then(
    () => true,
    () => false,
  );
  return Object.assign(content, { meta, kept });
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

interface Verified {
  content: Content;
  meta: FileMeta;
}

async function fetchAll(
  file: RemoteFile,
  writer: FileWriter,
  context: DownloadContext,
): Promise<Verified> {
  for (let attempt = 0; ; attempt++) {
    const resumed = writer.offset > 0;
    try {
      const etag = await transfer(file, writer, context);
      return await verify(file, writer, etag);
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

async function verify(
  file: RemoteFile,
  writer: FileWriter,
  etag: string | undefined,
): Promise<Verified> {
  const content = await writer.written();
  const hash = content.sha256 ?? (await sha256(content.bytes ?? content.blob));
  if (file.sha256 !== undefined && hash !== file.sha256) {
    throw new NearfieldError(
      'integrity',
      `${file.url} is not the expected file: SHA-256 ${file.sha256} expected, got ${hash}. Nothing of it was kept.`,
    );
  }
  const meta = { bytes: writer.offset, sha256: hash, ...(etag !== undefined && { etag }) };
  return { content, meta };
}
