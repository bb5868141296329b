import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highlight, type WordSpan } from './highlight.ts';
import { snippet } from './snippet.ts';

/** What stands in a text at some words, which all tell the same. */
function spansOf(text: string, ...found: string[]): WordSpan[] {
  return highlight(text, new Map(found.map((word) => [word, 1])));
}

function marked({ text, marks }: ReturnType<typeof snippet>): string[] {
  return marks.map(([start, end]) => text.slice(start, end));
}

const WORDS = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ');

describe('snippet', () => {
  it('is the whole of a short passage', () => {
    const text = 'Green tea wants water at 70 °C.';
    const whole = snippet(text, spansOf(text, 'tea', 'water'));
    expect(whole).toEqual({
      text,
      marks: [
        [6, 9],
        [16, 21],
      ],
    });
    expect(snippet('', [])).toEqual({ text: '', marks: [] });
  });

  it('is around what matched, between words, with marks in its own text', () => {
    const text = `${WORDS} green tea and water ${WORDS}`;
    const short = snippet(text, spansOf(text, 'tea', 'water'), 60);
    expect(short.text).toBe('…word198 word199 green tea and water word0 word1 word2…');
    expect(marked(short)).toEqual(['tea', 'water']);
  });

  it('is at an end of the passage where the words are there', () => {
    expect(snippet(WORDS, spansOf(WORDS, 'word1'), 24).text).toBe('word0 word1 word2 word3…');
    expect(snippet(WORDS, spansOf(WORDS, 'word199'), 26).text).toBe('…word197 word198 word199');
  });

  it('is the beginning where nothing matched', () => {
    expect(snippet(WORDS, [], 20)).toEqual({ text: 'word0 word1 word2…', marks: [] });
  });

  it('is where most matched, and rare words weigh more', () => {
    const text = `tea ${WORDS} tea tea ${WORDS} hibiscus`;
    const forms = new Map([['tea', 1]]);
    expect(snippet(text, highlight(text, forms), 40).text).toContain('tea tea');
    forms.set('hibiscus', 3);
    expect(snippet(text, highlight(text, forms), 40).text).toMatch(/word199 hibiscus$/);
  });

  it('parts words of scripts without blanks, and long ones where it must', () => {
    const text =
      'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。';
    expect(snippet(text, spansOf(text, '尊厳'), 14)).toEqual({
      text: '…かつ、尊厳と権利と…',
      marks: [[4, 6]],
    });
    const long = 'e\u0301'.repeat(100);
    expect(snippet(long, [], 10).text).toBe(`${'e\u0301'.repeat(4)}…`);
    expect(snippet(long, [{ start: 0, end: 200, weight: 1 }], 10).marks).toEqual([[0, 8]]);
    expect(snippet(`e${'\u0301'.repeat(100)}`, [], 10)).toEqual({ text: '…', marks: [] });
  });

  it.each([2, 2.5, NaN, -1])('refuses a room of %s', (room) => {
    expect(() => snippet('text', [], room)).toThrow(expect.objectContaining({ code: 'bad-input' }));
  });
});

const HEAVY = [
  'a',
  'é',
  'e\u0301',
  ' ',
  '. ',
  '\n',
  '人',
  'ทุ',
  '🇩🇪',
  '👨‍👩‍👧',
  '🙂',
  '\u0301',
  '\ud83c',
  '한',
  '\u0600',
];
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...HEAVY), maxLength: 300 }),
  // Flags in a row, longer than what the segmenters see.
  fc
    .tuple(
      fc.constantFrom('', 'a', 'e\u0301'),
      fc.string({ unit: fc.constantFrom('🇩', '🇪'), minLength: 60, maxLength: 150 }),
    )
    .map((parts) => parts.join('')),
);
/** Spans that rise, anywhere. */
const spans = (length: number): fc.Arbitrary<WordSpan[]> =>
  fc
    .array(fc.tuple(fc.nat(length), fc.double({ min: 0, max: 9, noNaN: true })), { maxLength: 8 })
    .map((ends) => {
      const sorted = ends.toSorted(([a], [b]) => a - b);
      return sorted
        .slice(1)
        .map(([end, weight], i) => ({ start: sorted[i]![0], end, weight }))
        .filter(({ start, end }) => end > start);
    });

describe('whatever the text, a snippet', () => {
  const any = text.chain((text) =>
    fc.record({
      text: fc.constant(text),
      spans: spans(text.length),
      room: fc.integer({ min: 3, max: 80 }),
    }),
  );

  it('fits, and is cut between grapheme clusters', () => {
    // A span of one unit shows where in the passage the snippet is.
    const one = any.chain(({ text, room }) => fc.tuple(fc.constant({ text, room }), fc.nat()));
    fc.assert(
      fc.property(one, ([{ text, room }, place]) => {
        const start = place % Math.max(1, text.length);
        const short = snippet(text, [{ start, end: start + 1, weight: 1 }], room);
        expect(short.text.length).toBeLessThanOrEqual(room);
        const [mark] = short.marks;
        if (!mark) return;
        const lead = short.text.startsWith('…') ? 1 : 0;
        const first = start - mark[0] + lead;
        const piece = short.text.slice(lead).replace(/…$/, '');
        expect(text.startsWith(piece, first)).toBe(true);
        expect(lead === 1).toBe(first > 0);
        expect(short.text.endsWith('…')).toBe(first + piece.length < text.length);
        const borders = new Set([...new Intl.Segmenter('en').segment(text)].map((s) => s.index));
        borders.add(text.length);
        expect(borders).toContain(first);
        expect(borders).toContain(first + piece.length);
      }),
      { numRuns: 3000 },
    );
  });

  it('has its marks inside itself, rising', () => {
    fc.assert(
      fc.property(any, ({ text, spans, room }) => {
        let before = 0;
        const short = snippet(text, spans, room);
        for (const [start, end] of short.marks) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          before = end;
        }
        expect(before).toBeLessThanOrEqual(short.text.length);
        // Those of the passage, unless one was cut.
        const all = spans.map(({ start, end }) => text.slice(start, end));
        for (const mark of marked(short)) expect(all.some((s) => s.includes(mark))).toBe(true);
      }),
    );
  });

  it('of words with blanks between them has whole words', () => {
    const list = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(list, fc.nat(), fc.integer({ min: 20, max: 60 }), (list, pick, room) => {
        const text = list.join(' ');
        const word = list[pick % list.length]!;
        const short = snippet(text, spansOf(text, word), room);
        const shown = short.text.replaceAll('…', '').trim().split(' ');
        expect(shown).toContain(word);
        expect(` ${text} `).toContain(` ${shown.join(' ')} `);
        expect(marked(short).every((mark) => mark === word)).toBe(true);
      }),
    );
  });
});
