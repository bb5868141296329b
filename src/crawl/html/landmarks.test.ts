import { describe, expect, it } from 'vitest';
import { page, refusal, sections, texts } from './read-in-test.ts';

const nav = '<nav><a href="/">Home</a></nav>';
const site = (content: string): string =>
  `<!doctype html><html lang="en"><head><title>T</title></head><body>
    <header><h1>The site</h1>${nav}</header>
    <div class="sidebar"><a href="/a">One</a> <a href="/b">Two</a> <a href="/c">Three</a></div>
    ${content}
    <aside>Related things</aside><footer>© Somebody</footer>
    <script>var secret = "<p>script</p>"</script></body></html>`;

describe('the content of a page', () => {
  it('is main, whatever is around it', () => {
    expect(texts(site(`<div><main><p>Owls hunt.</p></main></div><article>No</article>`))).toEqual([
      'Owls hunt.',
    ]);
    expect(texts(site(`<div role="main"><p>Owls hunt.</p></div>`))).toEqual(['Owls hunt.']);
  });

  it('is what all visible mains have, where there are several', () => {
    const html = '<main hidden>no</main><main><p>One</p></main><p>no</p><main>Two</main>';
    expect(texts(html)).toEqual(['One\n\nTwo']);
  });

  it('is the articles, without main', () => {
    const html = site(
      `<article><p>First</p><article>inner</article></article>
       <p>between</p><article>Second</article><aside><article>teaser</article></aside>`,
    );
    expect(texts(html)).toEqual(['First\n\ninner\n\nSecond']);
  });

  it('is the articles where main is empty', () => {
    expect(texts('<main id="app"></main><article>Text</article>')).toEqual(['Text']);
  });

  it('is the densest block, without landmarks', () => {
    const text = 'Barn owls hunt at night, by ear alone, over fields and hedges. '.repeat(4).trim();
    expect(texts(site(`<div><div id="c"><p>${text}</p><p>More of it.</p></div></div>`))).toEqual([
      `${text}\n\nMore of it.`,
    ]);
  });

  it('keeps the first-level heading in the densest block', () => {
    const html = site(
      `<div><h1>Owls</h1><div><p>${'They hunt at night. '.repeat(9)}</p></div></div>`,
    );
    expect(sections(html)[0]?.headings).toEqual(['Owls']);
  });

  it('is the body of a page that is nothing but links', () => {
    expect(texts('<ul><li><a href=a>One</a></li><li><a href=b>Two</a></li></ul>')).toEqual([
      'One\nTwo',
    ]);
  });

  it('is what data-nearfield-body marks, and then nothing else', () => {
    const html = site(
      `<main>no<div data-nearfield-body>Yes<div data-nearfield-body>, inner</div></div></main>
       <aside><p data-nearfield-body>And this</p></aside>`,
    );
    expect(texts(html)).toEqual(['Yes\n, inner\n\nAnd this']);
    expect(refusal(() => page('<main>no</main><div data-nearfield-body></div>'))).toBe('empty');
    expect(texts('<body data-nearfield-body><p>All</p><nav>menu</nav></body>')).toEqual(['All']);
  });
});

describe('what is never text', () => {
  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a style', '<style>p {}</style>'],
    ['a template', '<template><p>later</p></template>'],
    ['noscript', '<noscript><p>Turn it on</p></noscript>'],
    ['a nav', '<nav><p>Menu</p></nav>'],
    ['an aside', '<aside>Beside</aside>'],
    ['a role of navigation', '<div role="navigation">Menu</div>'],
    ['a hidden element', '<p hidden>secret</p>'],
    ['what is hidden from readers aloud', '<p aria-hidden="true">#</p>'],
    ['what CSS does not display', '<p style="color:red; display : none">secret</p>'],
    ['what CSS makes invisible', '<p style="visibility:hidden">secret</p>'],
    ['a closed dialog', '<dialog>Sure?</dialog>'],
    ['a button', '<button>Copy</button>'],
    ['what is chosen from', '<select><option>One</select>'],
    ['what is typed into', '<textarea>Your text</textarea>'],
    ['a drawing', '<svg><title>Icon</title><text>label</text></svg>'],
    ['a frame', '<iframe>old browser</iframe>'],
    ['a comment', '<!-- not this -->'],
    [
      'line numbers',
      '<table><tr><td class="rouge gutter">1 2 3</table><div class="linenos">1 2 3</div>',
    ],
    ['data-nearfield-ignore', '<div data-nearfield-ignore>Not <b>this</b></div>'],
  ])('leaves out %s', (_, html) => {
    expect(texts(`<main><p>Before</p>${html}<p>after</p></main>`)).toEqual(['Before\n\nafter']);
  });

  it.each([
    ['what is hidden until it is found', '<p hidden="until-found">Here</p>'],
    ['closed details', '<details><summary>Here</summary></details>'],
    ['an open dialog', '<dialog open>Here</dialog>'],
    ['an article’s header', '<article><header><p>Here</p></header></article>'],
    ['a section’s footer', '<section><footer><p>Here</p></footer></section>'],
  ])('keeps %s', (_, html) => {
    expect(texts(`<body>${html}</body>`)).toEqual(['Here']);
  });

  it('leaves out the header and footer of the page, where there is no main', () => {
    expect(texts('<header>Site</header><div><p>Text</p></div><footer>©</footer>')).toEqual([
      'Text',
    ]);
  });
});
