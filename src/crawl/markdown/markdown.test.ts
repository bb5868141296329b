import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from '../html/read-in-test.ts';
import { readMarkdown } from './index.ts';

const read = (text: string): ReturnType<typeof readMarkdown> =>
  readMarkdown(text, '/docs/page', () => undefined);
const sections = (text: string): [unknown, readonly string[], string][] =>
  read(text).content.sections.map(({ anchor, headings, text }) => [anchor, headings, text]);

describe('Markdown', () => {
  it('has sections with the anchors of GitHub', () => {
    const text =
      '# The `owl`s & *bats*!\n\nHunt\nat night.\n\n## Food\n\nMice.\n\n## Food\n\nMoths.\n';
    expect(sections(text)).toEqual([
      ['the-owls--bats', ['The owls & bats!'], 'Hunt at night.'],
      ['food', ['The owls & bats!', 'Food'], 'Mice.'],
      ['food-1', ['The owls & bats!', 'Food'], 'Moths.'],
    ]);
  });

  it('takes anchors that headings name', () => {
    expect(sections('## Food {#what-they-eat}\n\nMice.')).toEqual([
      ['what-they-eat', ['Food'], 'Mice.'],
    ]);
  });

  it('has code, tables and lists as lines, and no markup', () => {
    const text = [
      '```js\nconst a = "<b>";\n```',
      '| a | b |\n|---|---|\n| *c* | d |',
      '- [x] one\n- [two](http://x.org)\n',
      '<p align="center"><b>raw</b><script>alert(1)</script></p>',
      '![alt](owl.png "t")',
    ].join('\n\n');
    expect(sections(text)).toEqual([
      [undefined, [], 'const a = "<b>";\n\na b\nc d\n\none\ntwo\n\nraw'],
    ]);
    expect(read(text).content.image).toEqual({ url: '/docs/owl.png', alt: 'alt' });
  });

  it('drops the signs of boxes', () => {
    expect(sections('> [!NOTE]\n> Owls.\n\n:::tip Good\nBats.\n:::\n')).toEqual([
      [undefined, [], 'Owls.\n\nBats.'],
    ]);
  });

  it('cannot be closed by what it holds', () => {
    expect(sections('One\n\n</main></body></html>\n\nTwo')[0]?.[2]).toBe('One\n\nTwo');
  });

  it('is called by its heading, else its address', () => {
    expect(read('# Owls\n\nx').content.title).toBe('Owls');
    expect(read('x').content.title).toBe('page');
  });
});

describe('front matter', () => {
  it('has title, language, date, tags, description and place', () => {
    const matter = `---\r\nTitle: "Owls: a guide"\nlang: de_at\ndate: 2026-01-02\ntags: [b, a, 3, a]
summary: |\n  Long\n  text\npermalink: /owls/\nother: {x: 1}\n---\n# H\n\ntext <p lang="fr">mot</p>`;
    const { content, permalink } = read(matter);
    expect(permalink).toBe('/owls/');
    expect(content).toMatchObject({
      title: 'Owls: a guide',
      description: 'Long text',
      language: 'de-AT',
      metadata: { date: '2026-01-02' },
      filters: { tags: ['3', 'a', 'b'] },
    });
    expect(content.sections.map(({ language }) => language)).toContain('de-AT');
  });

  it('takes tags between commas', () => {
    expect(read('---\ntags: owls, bats\n---\nx').content.filters).toEqual({
      tags: ['bats', 'owls'],
    });
  });

  it('may be empty, or not there', () => {
    expect(sections('---\n---\nx')).toEqual([[undefined, [], 'x']]);
    expect(sections('Text\n\n---\n\nmore')).toEqual([[undefined, [], 'Text\n\nmore']]);
  });

  it.each([
    ['draft', '---\ndraft: true\n---\nx'],
    ['draft', '---\npublished: false\n---\nx'],
    ['bad-front-matter', '---\na: [\n---\nx'],
    ['bad-front-matter', '---\njust words\n---\nx'],
    ['bad-front-matter', `---\n${'['.repeat(20_000)}\n---\nx`],
    ['bad-front-matter', `---\na: ${'x'.repeat(200_000)}\n---\nx`],
    ['bad-front-matter', '+++\ntitle = "x"\n+++\nx'],
    ['empty', '---\ntitle: Only\n---\n'],
  ])('leaves out the page: %s', (code, text) => {
    expect(refusal(() => read(text))).toBe(code);
  });

  it('does not swell', () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf']) {
      lines.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join()}]`);
    }
    expect(refusal(() => read(`---\n${lines.join('\n')}\n---\nx`))).toBe('bad-front-matter');
  });
});

describe('any Markdown', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom(...['# ', '\n', '\n\n', '---\n', '```', '> ', '- ', '|', '[', '](', ')', '`']),
    fc.constantFrom(
      ...['<script>evil()', '</script>', '<div>', '</main>', '{#', '&lt;', '*', '_', '    '],
    ),
  );

  it('is read, or left out for a reason', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const codes = ['empty', 'bad-front-matter', undefined];
        expect(codes).toContain(refusal(() => read(pieces.join(''))));
      }),
      { numRuns: 500 },
    );
  });

  it.each(['[', '*_', '> ', '`a ', '<a', '[a](', '# ', '- ', '![[', '&', '**a **', '{#'])(
    'is read when it is 100 KB of %j',
    (unit) => {
      const text = `x ${unit.repeat(100_000 / unit.length)}`;
      expect([undefined, 'too-complex']).toContain(refusal(() => read(text)));
    },
  );
});
