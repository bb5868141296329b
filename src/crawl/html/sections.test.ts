import { describe, expect, it } from 'vitest';
import { page, sections, texts, warnings } from './read-in-test.ts';

const text = (html: string): string => texts(`<main>${html}</main>`).join('|');
const anchors = (html: string): (string | undefined)[] =>
  sections(`<body id="top"><main>${html}</main>`).map(({ anchor }) => anchor);

describe('text', () => {
  it.each([
    ['blocks apart', '<p>One</p><p>two</p>', 'One\n\ntwo'],
    ['lines apart', '<div>One</div><div>two</div>', 'One\ntwo'],
    ['inline elements joined', 'un<b>believ</b>able <i>owl</i>s', 'unbelievable owls'],
    ['soft breaks joined', 'Donau&shy;dampf<wbr>schiff', 'Donaudampfschiff'],
    ['blanks collapsed', '<p>  a \n\t b&nbsp; c </p>', 'a b c'],
    ['line breaks kept', 'One<br>two', 'One\ntwo'],
    ['cells apart', '<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></table>', 'a b\nc'],
    ['items on lines', '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>', 'a\nb\nc'],
    ['terms on lines', '<dl><dt>Owl</dt><dd>A bird</dd></dl>', 'Owl\nA bird'],
    ['custom elements apart', '<my-a>a</my-a><my-b>b</my-b>', 'a b'],
    ['entities decoded', '&lt;b&gt; &amp; &eacute;&#x2014;&#128;', '<b> & é—€'],
    ['scripts inside words unseen', 'ow<script>x</script>l', 'owl'],
    [
      'what is beside apart',
      'One<aside>x</aside>two <svg></svg>three<button>x</button>four',
      'One\n\ntwo three four',
    ],
    ['ruby without readings', '<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字', '漢字'],
    [
      'code as it stands',
      '<p>Run</p><pre>\n\n  a\n    b  \n</pre><p>then</p>',
      'Run\n\n  a\n    b\n\nthen',
    ],
    ['code of line blocks', '<pre><div>a</div><div>b</div></pre>', 'a\nb'],
    ['code of spans', '<pre><span>a </span><span>= 1</span>\n<span>b</span></pre>', 'a = 1\nb'],
    ['code of variants', '<pre><code>a;</code><code>b;</code></pre>', 'a;\nb;'],
    ['code in code', '<pre>a <code>b</code> c</pre>', 'a b c'],
  ])('has %s', (_, html, expected) => {
    expect(text(html)).toBe(expected);
  });
});

describe('sections', () => {
  it('go from heading to heading, with the path of headings', () => {
    const html = `<main><p>Intro</p><h1 id=a>A</h1><p>a</p><h3 id=c>C</h3><p>c</p>
      <h2 id=b>B</h2><p>b</p><h1 id=d>D</h1><p>d</p></main>`;
    expect(sections(html)).toEqual([
      { headings: [], weight: 1, text: 'Intro' },
      { anchor: 'a', headings: ['A'], weight: 1, text: 'a' },
      { anchor: 'c', headings: ['A', 'C'], weight: 1, text: 'c' },
      { anchor: 'b', headings: ['A', 'B'], weight: 1, text: 'b' },
      { anchor: 'd', headings: ['D'], weight: 1, text: 'd' },
    ]);
  });

  it('have their heading as text, where nothing is under it', () => {
    const html = '<main><h2>Call us</h2><h2>Opening hours</h2><h3>Monday</h3><p>9 to 5</p></main>';
    expect(sections(html).map(({ headings, text }) => [headings, text])).toEqual([
      [['Call us'], 'Call us'],
      [['Opening hours', 'Monday'], '9 to 5'],
    ]);
  });

  it('know headings by their role', () => {
    const html = '<main><div role="heading" aria-level="3" id="x">Owls</div><p>Hunt.</p></main>';
    expect(sections(html)).toEqual([{ anchor: 'x', headings: ['Owls'], weight: 1, text: 'Hunt.' }]);
  });

  it.each([
    ['a pilcrow', '<h2 id=a>Owls<a class="headerlink" href="#a">¶</a></h2>'],
    ['a named link', '<h2 id=a>Owls <a class="hash-link" href="#a">Link to Owls</a></h2>'],
    ['a hidden sign', '<h2 id=a><span aria-hidden="true">#</span>Owls</h2>'],
    ['a button', '<h2 id=a>Owls <button>Copy</button></h2>'],
  ])('have headings without %s', (_, heading) => {
    expect(sections(`<main>${heading}<p>x</p></main>`)[0]?.headings).toEqual(['Owls']);
  });

  it.each([
    ['its link', '<h2><a class="anchor" href="#owls">Owls</a></h2>'],
    ['its button', '<h2><button>Owls</button></h2>'],
    ['its image', '<h2><img src="logo.png" alt="Owls"></h2>'],
  ])('have headings that are %s', (_, heading) => {
    expect(sections(`<main>${heading}<p>x</p></main>`)[0]?.headings).toEqual(['Owls']);
  });

  it.each([
    ['the heading', '<h2 id="x">A</h2>'],
    ['a link in it', '<h2><a id="x">A</a></h2>'],
    ['an old anchor in it', '<h2><a name="x"></a>A</h2>'],
    ['a hidden link in it', '<h2>A<a id="x" aria-hidden="true" href="#x"></a></h2>'],
    ['an anchor before it', '<a name="x"></a> <h2>A</h2>'],
    ['an anchor in a paragraph before it', '<p><a id="x"></a></p><h2>A</h2>'],
    ['a link around it', '<a id="x" href="/"><h2>A</h2></a>'],
    ['the section that begins with it', '<section id="x"><h2>A</h2>'],
    ['a wrapper in that', '<section id="x"><div><h2>A</h2></div>'],
    ['the section whose first heading it is', '<section id="x"><span>1.0</span><h2>A</h2>'],
  ])('have the anchor of %s', (_, html) => {
    expect(anchors(`<h1 id="z">Z</h1><p>z</p>${html}<p>text</p>`)).toEqual(['z', 'x']);
  });

  it.each([
    ['of a block that has text before', '<div id="x"><p>text</p><h2>A</h2><p>a</p></div>'],
    [
      'of a section with another heading first',
      '<section id="x"><h2>B</h2><h2>A</h2><p>a</p></section>',
    ],
    ['of a button in it', '<h2>A<button id="x">Copy</button></h2><p>a</p>'],
    ['after it', '<h2>A</h2><p>a</p><a id="x"></a>'],
  ])('have no anchor %s', (_, html) => {
    expect(anchors(`<h1 id="z">Z</h1><p>z</p>${html}`).at(-1)).toBe(undefined);
  });

  it('may have the anchor of what holds the content', () => {
    expect(sections('<main id="content"><h1>A</h1><p>a</p></main>')[0]?.anchor).toBe('content');
  });
});

describe('language', () => {
  it('is that of the nearest element that says', () => {
    const html = `<html lang="en_us"><main><p>one</p><div lang="de"><h2>Zwei</h2><p>zwei</p>
      <blockquote lang="FR">trois</blockquote><p>vier <i lang="la">lex</i></p></div><p>five</p></main>`;
    expect(sections(html).map(({ language, text }) => [language, text])).toEqual([
      ['en-US', 'one'],
      ['de', 'zwei'],
      ['fr', 'trois'],
      ['de', 'vier lex'],
      ['en-US', 'five'],
    ]);
    expect(page(html).language).toBe('en-US');
  });

  it('is unknown where it is no tag', () => {
    expect(sections('<html lang="English!"><main>x</main>')[0]).toEqual({
      headings: [],
      weight: 1,
      text: 'x',
    });
  });

  it('is that of what is around the content', () => {
    expect(sections('<html lang="en"><div lang="ja"><main>梟</main></div>')[0]?.language).toBe(
      'ja',
    );
  });
});

describe('weight', () => {
  it('is that of the nearest block, or of the heading', () => {
    const html = `<main data-nearfield-weight="2"><p>a</p><div data-nearfield-weight=0.5>b</div><p>c</p>
      <h2 data-nearfield-weight="7.5">D</h2><p>d</p><h2>E</h2><p>e</p></main>`;
    expect(sections(html).map(({ weight, text }) => [weight, text])).toEqual([
      [2, 'a'],
      [0.5, 'b'],
      [2, 'c'],
      [7.5, 'd'],
      [2, 'e'],
    ]);
  });

  it.each(['', 'heavy', '0', '-1', '11', 'NaN', 'Infinity'])('is not %j', (weight) => {
    const html = `<main><p data-nearfield-weight="${weight}">x</p></main>`;
    expect(sections(html)).toEqual([{ headings: [], weight: 1, text: 'x' }]);
    expect(warnings(html)).toEqual([['bad-attribute', expect.stringContaining(`"${weight}"`)]]);
  });
});
