/** What visitors may ask of a site, from its own words: titles, headings, and first sentences. */

import type { SitePassage } from '../site/index.ts';

/** What the queries may cost beside the passages, in characters that are read. */
const SHARE = 0.2;
/** Of a small site, as many as take a second or two: their mean is of use, too. */
const LEAST = 64;
/** What a text costs beside its characters: its prompt, and the tokens around it. */
const BESIDE = 24;
const SENTENCE = { least: 12, most: 200 };
/** Longest beginning of a passage that a sentence is looked for in. */
const WINDOW = 400;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Queries in a fixed order, each once; where there would be too many, some of all kinds evenly.
 *
 * @param cost characters of all that is embedded of the passages
 */
export function queriesOf(passages: readonly SitePassage[], cost: number): string[] {
  const all = [...new Set(candidates(passages))];
  const whole = all.reduce((sum, text) => sum + text.length + BESIDE, 0);
  const share = Math.min(1, Math.max((SHARE * cost) / whole, LEAST / all.length));
  return all.filter((_, i) => Math.floor((i + 1) * share) > Math.floor(i * share));
}

function* candidates(passages: readonly SitePassage[]): Generator<string> {
  for (const { title, headings = [], text } of passages) {
    yield title.trim();
    const heading = headings.at(-1)?.trim() ?? '';
    if (heading !== '') yield heading;
    const sentence = firstSentence(text);
    if (sentence !== undefined) yield sentence;
  }
}

function firstSentence(text: string): string | undefined {
  const [first] = sentences.segment(text.slice(0, WINDOW));
  const sentence = first?.segment.trim() ?? '';
  const { least, most } = SENTENCE;
  return sentence.length >= least && sentence.length <= most ? sentence : undefined;
}
