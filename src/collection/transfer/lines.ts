import { messageOf, NearfieldError } from '../../contract/index.ts';
import type { ByteReader } from './byte-reader.ts';

/** Longest line that is written or read. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

export interface Line {
  /** From 1, blank lines counted in. */
  number: number;
  text: string;
}

const LINE_FEED = 0x0a;

/**
 * Lines of UTF-8 that are not blank; a byte order mark before one is dropped. Throws `bad-input`
 * for a line that is too long or not UTF-8.
 */
export async function* linesOf(bytes: ByteReader): AsyncGenerator<Line> {
  const open = new OpenLine();
  for (let chunk = await bytes.next(); chunk; chunk = await bytes.next()) {
    let start = 0;
    for (;;) {
      const feed = chunk.indexOf(LINE_FEED, start);
      open.add(chunk.subarray(start, feed < 0 ? undefined : feed));
      if (feed < 0) break;
      start = feed + 1;
      const line = open.take();
      if (line.text.trim() !== '') yield line;
    }
  }
  const last = open.take();
  if (last.text.trim() !== '') yield last;
}

/** A line in the making, decoded part by part. */
class OpenLine {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #text = '';
  #bytes = 0;
  #number = 1;

  add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > MAX_LINE_BYTES) {
      throw badLine(this.#number, `${MAX_LINE_BYTES} bytes or fewer`, 'more');
    }
    this.#text += this.#decoded(() => this.#utf8.decode(part, { stream: true }));
  }

  take(): Line {
    const line = {
      number: this.#number++,
      text: this.#text + this.#decoded(() => this.#utf8.decode()),
    };
    this.#text = '';
    this.#bytes = 0;
    return line;
  }

  #decoded(decode: () => string): string {
    try {
      return decode();
    } catch (error) {
      throw badLine(this.#number, 'UTF-8', `other bytes (${messageOf(error)})`, error);
    }
  }
}

export function badLine(number: number, expected: string, got: string, cause?: unknown) {
  const message = `Line ${number} of the JSONL file: expected ${expected}, got ${got}. Correct it.`;
  return new NearfieldError('bad-input', message, { cause });
}
