/** HTML's bytes to text, in the encoding that browsers would take. */

import { parse } from 'parse5';
import { decoded, decodedAs, markedEncoding } from '../decode.ts';
import type { Warn } from '../page.ts';
import { attribute, elementsOf, type Element } from './tree.ts';

/** Browsers look at 1,024; some pages have more comments than that before it. */
const LOOKED_AT_BYTES = 4096;

/** By its byte order mark, else by its `meta`, else as UTF-8, else as windows-1252. */
export function decodedHtml(bytes: Uint8Array, warn: Warn): string {
  const label = markedEncoding(bytes) === undefined ? declaredCharset(bytes) : undefined;
  if (label === undefined) return decoded(bytes);
  try {
    return decodedAs(readAs(label), bytes);
  } catch {
    warn(
      'unknown-charset',
      `The page says it is in "${label.slice(0, 40)}", which no browser knows; it is read as UTF-8 or windows-1252.`,
    );
    return decoded(bytes);
  }
}

function declaredCharset(bytes: Uint8Array): string | undefined {
  // Every byte is some character of it, and those of ASCII are themselves.
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, LOOKED_AT_BYTES));
  if (!/charset/i.test(start)) return undefined;
  for (const element of elementsOf(parse(start))) {
    const charset = element.tagName === 'meta' ? charsetOf(element) : undefined;
    if (charset) return charset;
  }
  return undefined;
}

function charsetOf(meta: Element): string | undefined {
  const charset = attribute(meta, 'charset')?.trim();
  if (charset) return charset;
  if (attribute(meta, 'http-equiv')?.toLowerCase() !== 'content-type') return undefined;
  return /charset\s*=\s*["']?([^\s"';]+)/i.exec(attribute(meta, 'content') ?? '')?.[1];
}

/** What could be read as ASCII so far is not UTF-16, whatever it says (HTML standard, 13.2.3.2). */
function readAs(label: string): string {
  if (/^utf-?16|^unicode$|^ucs-2$/i.test(label)) return 'utf-8';
  return label.toLowerCase() === 'x-user-defined' ? 'windows-1252' : label;
}
