import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedFeed, readRecord } from './feed.ts';
import { sealedPage } from './hash.ts';
import { refusal } from './html/read-in-test.ts';
import { pagePassages } from './page-passages.ts';

const read = (record: unknown): ReturnType<typeof readRecord> =>
  readRecord(record, '/docs/', () => undefined);

describe('a record', () => {
  it('of text', () => {
    const record = {
      url: 'a b',
      title: ' Owls\n at night ',
      text: ' One \r\n\r\n\r\n\r\ntwo\t\n<b>three</b> ',
      language: 'de_DE',
      description: 'D',
      metadata: { n: 1, s: 'x', b: false, l: ['y'], none: null },
      filters: { tag: ['b', 'a', 'b'], kind: 'post' },
      unknown: {},
    };
    expect(read(record)).toEqual({
      url: '/docs/a%20b',
      content: {
        title: 'Owls at night',
        description: 'D',
        language: 'de-DE',
        metadata: { n: 1, s: 'x', b: false, l: ['y'] },
        filters: { tag: ['a', 'b'], kind: ['post'] },
        sections: [
          { headings: [], language: 'de-DE', weight: 1, text: 'One\n\ntwo\n<b>three</b>' },
        ],
      },
    });
  });

  it('of HTML', () => {
    const html = '<h2 id="f">Food</h2><p>Mice <script>x</script></p><p lang="fr">Souris</p>';
    const { content } = read({ url: 'https://x.org/owls', html, language: 'en' });
    expect(content).toMatchObject({ title: 'owls', language: 'en' });
    expect(content.sections).toEqual([
      { anchor: 'f', headings: ['Food'], language: 'en', weight: 1, text: 'Mice' },
      { anchor: 'f', headings: ['Food'], language: 'fr', weight: 1, text: 'Souris' },
    ]);
  });

  it.each([
    ['a list', []],
    ['null', null],
    ['no url', { text: 'x' }],
    ['a blank url', { url: ' ', text: 'x' }],
    ['a url that runs', { url: 'javascript:1', text: 'x' }],
    ['neither text nor html', { url: 'a' }],
    ['both', { url: 'a', text: 'x', html: 'x' }],
    ['text that is none', { url: 'a', text: 1 }],
    ['html that is none', { url: 'a', html: null }],
    ['a title that is none', { url: 'a', text: 'x', title: {} }],
    ['a language that is none', { url: 'a', text: 'x', language: 'not a tag' }],
    ['metadata that is a list', { url: 'a', text: 'x', metadata: [] }],
    ['metadata in metadata', { url: 'a', text: 'x', metadata: { a: {} } }],
    ['a filter of numbers', { url: 'a', text: 'x', filters: { a: [1] } }],
  ])('is refused: %s', (_, record) => {
    expect(refusal(() => read(record))).toBe('bad-feed');
  });

  it('without words is empty', () => {
    expect(refusal(() => read({ url: 'a', text: ' \n ' }))).toBe('empty');
    expect(refusal(() => read({ url: 'a', html: '<script>x</script>' }))).toBe('empty');
  });

  it('is read as well-formed strings, whatever JSON escapes', () => {
    const half = '\ud800';
    const html = `<h2 id="${half}">T${half}</h2>text`;
    const { content, url } = read({ url: `/${half}`, html, metadata: { [half]: [half] } });
    expect(JSON.stringify(content)).not.toContain('ud800');
    expect(content.metadata).toEqual({ '\ufffd': ['\ufffd'] });
    const page = sealedPage({ path: 'a.jsonl', url }, content);
    expect(pagePassages(page, { characters: 100 })[0]?.url).toBe('/%EF%BF%BD#%EF%BF%BD');
  });

  it('of any JSON is read and cut into passages, or refused', () => {
    const string = fc.string({ unit: 'binary' });
    const markup = fc.tuple(string, string).map(([id, text]) => `<h2 id='${id}'>${text}</h2>x`);
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), markup);
    const fields = fc.record(
      { url: value, text: value, html: value, title: value, language: value, metadata: value },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, (record) => {
        const cut = (): void => {
          const { content, url } = read(record);
          pagePassages(sealedPage({ path: 'a.jsonl', url }, content), { characters: 100 });
        };
        expect(['bad-feed', 'empty', undefined]).toContain(refusal(cut));
      }),
    );
  });

  it('of a megabyte of blanks is read', () => {
    const text = `a${' '.repeat(1_000_000)}b${'\n '.repeat(100_000)}c`;
    expect(read({ url: 'a', text }).content.sections).toHaveLength(1);
  });
});

describe('a JSON feed', () => {
  it('is a list', () => {
    expect(parsedFeed('\ufeff[1]')).toEqual([1]);
    expect(refusal(() => parsedFeed('{}'))).toBe('bad-feed');
    expect(refusal(() => parsedFeed('[1,'))).toBe('bad-feed');
  });
});
