/** A file from the visitor's disk as text, or a polite refusal. */

export const MAX_FILE_BYTES = 20_000_000;
const TEXT_NAME = /\.(txt|text|md|markdown|mdown)$/i;

export class Refusal extends Error {}

export interface ReadFile {
  title: string;
  text: string;
}

export async function readTextFile(file: File): Promise<ReadFile> {
  if (!TEXT_NAME.test(file.name)) {
    throw new Refusal('Only .txt and .md files can be read here.');
  }
  if (file.size > MAX_FILE_BYTES) {
    throw new Refusal('Larger than 20 MB. Cut it into smaller files.');
  }
  const text = decodeText(new Uint8Array(await file.arrayBuffer())).replace(/\r\n?/g, '\n');
  if (text.trim() === '') throw new Refusal('There is no text in this file.');
  return { title: titleOf(file.name, text), text };
}

/** UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252, the usual rest. */
export function decodeText(data: Uint8Array<ArrayBuffer>): string {
  const marked = byMark(data);
  if (marked !== undefined) return marked;
  if (looksBinary(data)) {
    throw new Refusal('This is not a text file, whatever its name says.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return new TextDecoder('windows-1252').decode(data);
  }
}

function byMark(data: Uint8Array<ArrayBuffer>): string | undefined {
  const [a, b] = data;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(data);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(data);
  return undefined;
}

/** Text has no NUL and next to no other control characters; a sample from the start decides. */
function looksBinary(data: Uint8Array): boolean {
  const sample = data.subarray(0, 65_536);
  let control = 0;
  for (const byte of sample) {
    if (byte === 0) return true;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) control++;
  }
  return control > sample.length / 100;
}

/** A Markdown file's first heading, else the file's name. */
function titleOf(name: string, text: string): string {
  const heading = /\.(md|markdown|mdown)$/i.test(name) ? /^#{1,3}\s+(.+?)\s*#*$/m.exec(text) : null;
  return heading?.[1] ?? name;
}
