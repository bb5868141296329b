import { describe, expect, it } from 'vitest';
import { sealedPage } from './hash.ts';
import { pagePassages } from './index.ts';

const owls = 'Owls hunt at night. They hear a mouse under snow. ';
const page = sealedPage(
  { path: 'a.html', url: '/a' },
  {
    title: 'Owls',
    metadata: {},
    filters: {},
    sections: [
      { headings: [], weight: 1, text: 'Intro.' },
      {
        anchor: 'fo/o',
        headings: ['A', 'B'],
        language: 'en',
        weight: 2,
        text: owls.repeat(9).trim(),
      },
    ],
  },
);

describe('pagePassages', () => {
  it('cuts each section, with what a hit has to show', () => {
    const passages = pagePassages(page, { characters: 100 });
    expect(passages[0]).toEqual({
      ...{ section: 0, headings: [], weight: 1, url: '/a' },
      ...{ text: 'Intro.', start: 0, end: 6 },
    });
    expect(passages.length).toBe(6);
    for (const passage of passages.slice(1)) {
      expect(passage).toMatchObject({
        section: 1,
        anchor: 'fo/o',
        headings: ['A', 'B'],
        weight: 2,
      });
      expect(passage).toMatchObject({ language: 'en', url: '/a#fo%2Fo' });
      expect(page.sections[1]!.text.slice(passage.start, passage.end)).toBe(passage.text);
      expect(passage.text.length).toBeLessThanOrEqual(100);
    }
  });

  it('cuts by tokens', () => {
    const count = (text: string): number => text.split(/\s+/).length;
    const passages = pagePassages(page, { tokens: 25, count });
    expect(passages.map(({ text }) => count(text))).toEqual([1, 20, 20, 20, 20, 10]);
  });

  it('refuses sizes of nothing', () => {
    for (const size of [{ characters: 1 }, { tokens: 0, count: () => 1 }]) {
      expect(() => pagePassages(page, size)).toThrow(
        expect.objectContaining({ code: 'bad-input' }),
      );
    }
  });
});
