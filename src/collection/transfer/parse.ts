/** Deeper than anything that documents hold: a list, a document, its metadata, a list in there. */
const MAX_DEPTH = 8;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * `JSON.parse` for files that somebody else made: throws a SyntaxError at deep nesting, too. Each
 * level costs tens of bytes of memory and one of the file: V8 takes 4 GB for 64 MiB of "[".
 */
export function parseShallow(text: string): unknown {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (isOpening(code) && ++depth > MAX_DEPTH) {
      throw new SyntaxError(`it is nested deeper than ${MAX_DEPTH} levels at position ${i}`);
    } else if (isClosing(code)) depth--;
  }
  return JSON.parse(text) as unknown;
}

/** [ or { */
function isOpening(code: number): boolean {
  return code === 0x5b || code === 0x7b;
}

/** ] or } */
function isClosing(code: number): boolean {
  return code === 0x5d || code === 0x7d;
}
