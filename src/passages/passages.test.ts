import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutByTokens, cutPassages, passageInput } from './passages.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Texts of many scripts, with marks, emoji, prepended signs, blanks and lone surrogates. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.lorem({ mode: 'sentences', maxCount: 4 }),
  fc.constantFrom(
    ' ',
    '\n',
    '\r\n',
    '\n\n',
    '\t',
    ' ',
    '　',
    ' \u0301',
    '\u0301',
    '\u200d',
    '\u0600',
    '\ud800',
    '\udc00',
    '👩‍👩‍👧‍👦',
    '🇫🇷🇩🇪',
    'การค้นหาความหมาย',
    '意味で検索する。次の文。',
    'البحث بالمعنى. ثم؟',
    'नमस्ते दुनिया। ',
    'e\u0301\u0302',
    'x'.repeat(70),
    '한국어 문장입니다. ',
  ),
);
const texts = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const rooms = fc.integer({ min: 32, max: 200 });

const property = (check: (text: string, room: number) => void): void => {
  fc.assert(fc.property(texts, rooms, check), { numRuns: 400 });
};

describe('cutPassages', () => {
  it('gives exact offsets, in order, none past the room and none blank', () => {
    property((text, room) => {
      let last = 0;
      for (const { text: passage, start, end } of cutPassages(text, room)) {
        expect(text.slice(start, end)).toBe(passage);
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end - start).toBeLessThanOrEqual(room);
        expect(passage.trim()).not.toBe('');
        last = end;
      }
    });
  });

  it('leaves only blanks out', () => {
    property((text, room) => {
      let last = 0;
      for (const { start, end } of [...cutPassages(text, room), { start: text.length, end: 0 }]) {
        expect(text.slice(last, start).trim()).toBe('');
        last = end;
      }
    });
  });

  it('cuts between grapheme clusters', () => {
    property((text, room) => {
      const clusters = [...graphemes.segment(text)];
      if (clusters.some(({ segment }) => segment.length > room)) return;
      const borders = new Set([...clusters.map(({ index }) => index), text.length]);
      for (const { start, end } of cutPassages(text, room)) {
        expect(borders.has(start)).toBe(true);
        expect(borders.has(end)).toBe(true);
      }
    });
  });

  it('makes no two neighbours that would fit together', () => {
    property((text, room) => {
      const passages = cutPassages(text, room);
      for (const [i, { start }] of passages.entries()) {
        const next = passages[i + 1];
        if (next) expect(next.end - start).toBeGreaterThan(room);
      }
    });
  });

  it('prefers paragraphs, then sentences, then lines, then words', () => {
    const cut = (text: string, room: number) => cutPassages(text, room).map((p) => p.text);
    const a = 'One short paragraph about owls.';
    const b = 'Another one, which is about bats.';
    expect(cut(`${a}\n\n${b}\n \n${a}`, 70)).toEqual([`${a}\n\n${b}`, a]);
    expect(cut(`${a} ${b} ${a}`, 50)).toEqual([a, b, a]);
    expect(cut('alpha beta\ngamma delta\nepsilon zeta\neta theta', 34)).toEqual([
      'alpha beta\ngamma delta',
      'epsilon zeta\neta theta',
    ]);
    expect(cut('alpha beta gamma delta epsilon zeta eta', 33)).toEqual([
      'alpha beta gamma delta epsilon',
      'zeta eta',
    ]);
  });

  it('does not take a wrapped line for a sentence', () => {
    const text = 'Owls hunt at night and\nsleep by day. They are\nquiet birds with soft feathers.';
    expect(cutPassages(text, 50).map((p) => p.text)).toEqual([
      'Owls hunt at night and\nsleep by day.',
      'They are\nquiet birds with soft feathers.',
    ]);
  });

  it('cuts Japanese after sentences, and Thai between words', () => {
    const japanese = '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'.repeat(3);
    for (const { text } of cutPassages(japanese, 40)) expect(text.endsWith('。')).toBe(true);
    const thai = 'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ';
    const starts = new Set(
      [...new Intl.Segmenter('th', { granularity: 'word' }).segment(thai)].map((w) => w.index),
    );
    for (const { start } of cutPassages(thai, 32)) expect(starts.has(start)).toBe(true);
  });

  it('refuses a room that is not a whole number of 32 or more', () => {
    for (const room of [0, 31, 40.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => cutPassages('x', room)).toThrow(expect.objectContaining({ code: 'bad-input' }));
    }
  });
});

describe('cutPassages on hostile text', () => {
  const MEGABYTE = 1_000_000;
  it.each([
    ['no space', 'x', Math.ceil(MEGABYTE / 1200)],
    ['only line feeds', '\n', 0],
    ['line feeds and spaces', '\n    ', 0],
    ['one endless cluster', '\u0301', undefined],
    ['half a pair', '\ud83d', undefined],
    ['the other half', '\ude00', undefined],
    ['tiny sentences', 'a. B! ', undefined],
    ['no sentence ends', '検索', undefined],
    ['words without sentences', 'ab cd ', undefined],
    ['digits and dots', '1.', undefined],
    ['families', '👩‍👩‍👧‍👦', undefined],
  ])('takes a megabyte of %s', (_, unit, passages) => {
    const text = unit.repeat(MEGABYTE / unit.length);
    const cut = cutPassages(text);
    if (passages !== undefined) expect(cut).toHaveLength(passages);
    const covered = cut.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(covered).toBeLessThanOrEqual(text.length);
    expect(Math.max(0, ...cut.map(({ start, end }) => end - start))).toBeLessThanOrEqual(1200);
    expect(
      cut
        .map((p) => p.text)
        .join('')
        .replaceAll(/\s/g, ''),
    ).toBe(text.replaceAll(/\s/g, ''));
  });

  it('never splits a pair, not even in a cluster that is too long', () => {
    const text = 'x' + '\u{1f3fb}'.repeat(100);
    for (const { text: passage } of cutPassages(text, 33)) {
      expect(passage).toMatch(/^x?(?:\u{1f3fb})+$/u);
    }
  });
});

describe('cutByTokens', () => {
  /** Bytes of UTF-8, as a tokenizer without a vocabulary would count. */
  const bytes = (text: string): number => new TextEncoder().encode(text).length;

  it('keeps to the limit, leaves only blanks out, and joins neighbours that fit', () => {
    property((text, limit) => {
      let last = 0;
      const passages = cutByTokens(text, limit, bytes);
      for (const [i, { text: passage, start, end }] of passages.entries()) {
        expect(text.slice(start, end)).toBe(passage);
        expect(text.slice(last, start).trim()).toBe('');
        if (passage.length > 8) expect(bytes(passage)).toBeLessThanOrEqual(limit);
        const next = passages[i + 1];
        if (next) expect(bytes(text.slice(start, next.end))).toBeGreaterThan(limit);
        last = end;
      }
      expect(text.slice(last).trim()).toBe('');
    });
  });

  it('cuts at sentences', () => {
    const words = (text: string): number => text.split(' ').length;
    const text = 'Owls hunt at night. They sleep by day. Their feathers are soft and quiet.';
    expect(cutByTokens(text, 8, words).map((p) => p.text)).toEqual([
      'Owls hunt at night. They sleep by day.',
      'Their feathers are soft and quiet.',
    ]);
  });

  it('asks little, however many paragraphs a passage has', () => {
    let asked = 0;
    let characters = 0;
    const counted = (text: string): number => {
      asked++;
      characters += text.length;
      return bytes(text);
    };
    const paragraphCount = 20_000;
    const text = 'a\n\n'.repeat(paragraphCount);
    const passages = cutByTokens(text, 1536, counted);
    expect(passages).toHaveLength(Math.ceil(paragraphCount / 512));
    expect(asked - paragraphCount).toBeLessThanOrEqual(passages.length * 2 * 10);
    expect(characters).toBeLessThan(20 * text.length);
  });

  it('leaves what it cannot cut', () => {
    expect(cutByTokens('👩‍👩‍👧‍👦', 8, bytes)).toHaveLength(2);
    expect(cutByTokens(' ', 8, bytes)).toEqual([]);
  });

  it('refuses a limit that is not a whole number of 8 or more', () => {
    for (const limit of [0, 7, 8.5, Number.NaN]) {
      expect(() => cutByTokens('x', limit, bytes)).toThrow(
        expect.objectContaining({ code: 'bad-input' }),
      );
    }
  });
});

describe('passageInput', () => {
  it('puts the title first, where there is one', () => {
    expect(passageInput('text', undefined)).toBe('text');
    expect(passageInput('text', '  ')).toBe('text');
    expect(passageInput('text', ' Owls ')).toBe('Owls\n\ntext');
  });

  it('cuts an endless title at a word', () => {
    const input = passageInput('text', 'many words '.repeat(100));
    expect(input.length).toBeLessThan(210);
    expect(input).toMatch(/(words|many)\n\ntext$/);
  });
});
