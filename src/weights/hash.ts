/** Files up to this size are held in memory whole. */
export const HOLD_BYTES = 256 * 1024 * 1024;
const PIECE = 8 * 1024 * 1024;

/** SHA-256 of a file in lower-case hex, without holding a big file in memory; `bytes` spares a read. */
export async function sha256(blob: Blob, bytes?: Uint8Array<ArrayBuffer>): Promise<string> {
  // The browser's own digest is several times faster but takes the whole file at once,
  // and insecure contexts have none.
  if (blob.size <= HOLD_BYTES && globalThis.crypto?.subtle) {
    const whole = bytes ?? (await blob.arrayBuffer());
    return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
  }
  const { createSHA256 } = await import('hash-wasm');
  const hasher = await createSHA256();
  for (let start = 0; start < blob.size; start += PIECE) {
    hasher.update(new Uint8Array(await blob.slice(start, start + PIECE).arrayBuffer()));
  }
  return hasher.digest('hex');
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
