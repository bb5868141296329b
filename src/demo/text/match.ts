/** Where the words of a question occur in a text, in the text's own UTF-16 units. */

export interface Span {
  start: number;
  end: number;
}

/** Words too common to mark: seeing them lit up tells nobody anything. */
const COMMON = new Set(
  (
    'a about an and any are as at be been but by can do does for from get has have how i if in into is it its me my no not of on or our ' +
    'so some than that the their them then there they this to was were we what when where which who why will with you your ' +
    'au aux ce ces dans de des du en est et il je la le les ne on ou par pas pour que qui se son sur un une ' +
    'al como con del el es la las lo los mi no o para por que se si su un una y ' +
    'aber als am an auch auf aus bei das dem den der des die ein eine er es für ich im in ist mit nicht oder sich sie und von was wer wie zu'
  ).split(' '),
);
/** Japanese grammar is written in hiragana, its words mostly in kanji and katakana. */
const PARTICLE = /^\p{Script=Hiragana}{1,3}$/u;
/** Endings differ (`free`, `freely`) while a long common beginning says it is the same word. */
const STEM = 4;
const ENDING = 3;

export function matchingSpans(text: string, query: string, language?: string): Span[] {
  const segmenter = new Intl.Segmenter(language, { granularity: 'word' });
  const wanted = words(segmenter, query).filter(
    ({ key }) => !COMMON.has(key) && !PARTICLE.test(key),
  );
  return words(segmenter, text)
    .filter(({ key }) => wanted.some((word) => sameWord(word.key, key)))
    .map(({ start, end }) => ({ start, end }));
}

function words(segmenter: Intl.Segmenter, text: string): (Span & { key: string })[] {
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment, index }) => ({
      key: fold(segment),
      start: index,
      end: index + segment.length,
    }))
    .filter(({ key }) => key !== '');
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

function sameWord(a: string, b: string): boolean {
  if (a === b) return a.length > 1 || !/[a-z]/.test(a);
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= STEM && long.startsWith(short) && long.length - short.length <= ENDING;
}
