import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `from"./a.js"` and `import"./a.js"` of minified code; `import("./a.js")` is fetched later. */
const STATIC = /\b(?:from|import)\s*["'](\.{1,2}\/[^"']+)["']/g;

/** A built file and all that comes with it at once, in the order in which they are named. */
export async function staticClosure(entry: string): Promise<string[]> {
  const found = [entry];
  for (const file of found) {
    for (const path of staticImports(await readFile(file, 'utf8'))) {
      const next = join(dirname(file), path);
      if (!found.includes(next)) found.push(next);
    }
  }
  return found;
}

export function staticImports(code: string): string[] {
  return [...code.matchAll(STATIC)].map((match) => match[1]!);
}
