import { NearfieldError } from '../../contract/index.ts';

/**
 * A file whose places are written once. What a commit has counted in is never written again: all
 * else is of no meaning, so that a writer killed at any moment leaves nothing but such bytes.
 */
export interface DiskFile {
  /** Fills `into` with the bytes from `at` on. @throws storage where they are not there */
  read(at: number, into: Uint8Array): void | Promise<void>;
  /** @throws quota where there is no room */
  write(at: number, bytes: Uint8Array): void | Promise<void>;
  /**
   * After it, what was written is on the disk, but for the pages it gives: these belong into the
   * transaction that counts them in.
   */
  flush(): Page[];
  /** Lets go of it; it opens again when it is used again. */
  close(): void;
}

/** A piece of a file that is kept in IndexedDB. */
export interface Page {
  file: string;
  /** From 0. */
  number: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export function diskError(what: string, cause?: unknown): NearfieldError {
  if (cause instanceof NearfieldError) return cause;
  if (cause instanceof Error && cause.name === 'QuotaExceededError') {
    return new NearfieldError('quota', `The browser has no room left to ${what}.`, { cause });
  }
  const told = cause instanceof Error ? `: ${cause.message}` : '';
  return new NearfieldError('storage', `The browser could not ${what}${told}.`, { cause });
}
