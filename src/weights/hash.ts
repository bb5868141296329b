import { toHex } from '../contract/index.ts';

/** Files up to this size are hashed whole. */
const WHOLE_BYTES = 256 * 1024 * 1024;
const PIECE = 8 * 1024 * 1024;

/** A SHA-256 of bytes that come one piece after another. */
export interface RunningHash {
  /** Takes the piece over; the caller must not use it any more. */
  update(bytes: Uint8Array): Promise<void>;
  /** In lower-case hex; no more updates after it. */
  digest(): Promise<string>;
  close(): void;
}

/** Starts a hash, on whichever thread. */
export type OpenHash = () => Promise<RunningHash>;

/** A hash on the calling thread. */
export const openHash: OpenHash = async () => {
  const { createSHA256 } = await import('hash-wasm');
  const hasher = await createSHA256();
  return {
    update: async (bytes) => {
      hasher.update(bytes);
    },
    digest: async () => hasher.digest('hex'),
    close: () => undefined,
  };
};

/** SHA-256 in lower-case hex, without holding a big file in memory. */
export async function sha256(source: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = source instanceof Blob ? source.size : source.byteLength;
  // The browser's own digest is several times faster but takes the whole file at once,
  // and insecure contexts have none.
  if (bytes <= WHOLE_BYTES && globalThis.crypto?.subtle) {
    const whole = source instanceof Blob ? await source.arrayBuffer() : source;
    return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
  }
  const hash = await openHash();
  for (let start = 0; start < bytes; start += PIECE) {
    const piece = source.slice(start, start + PIECE);
    await hash.update(piece instanceof Blob ? new Uint8Array(await piece.arrayBuffer()) : piece);
  }
  return hash.digest();
}
