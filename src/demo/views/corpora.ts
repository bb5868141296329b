/** Which collection is searched, and in which language its answers are wanted. */

import { CORPORA, isCorpusId, isSample, type CorpusId } from '../corpora/corpora.ts';
import { SAMPLE_FILES } from '../corpora/files.ts';
import { byId, h } from '../dom.ts';
import { count, languageNames } from '../format.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';

export function setUpCorpora(store: Store<State>, onChange: () => void): void {
  const group = byId('corpora', HTMLFieldSetElement);
  for (const id of Object.keys(CORPORA)) {
    if (isCorpusId(id)) group.append(choice(id, store));
  }
  group.addEventListener('change', ({ target }) => {
    const value = target instanceof HTMLInputElement ? target.value : null;
    if (!isCorpusId(value)) return;
    store.set({ corpus: value, answer: undefined, language: '' });
    onChange();
  });
  setUpLanguage(store, onChange);
}

function choice(id: CorpusId, store: Store<State>): HTMLElement {
  const input = h('input', { attrs: { type: 'radio', name: 'corpus', value: id } });
  const size = h('span', { class: 'corpus-size' });
  store.watch(
    ({ corpus, shelves }) => [corpus, shelves[id].documents],
    ({ corpus, shelves }) => {
      input.checked = corpus === id;
      const rows = isSample(id) ? SAMPLE_FILES[id].rows : shelves[id].documents;
      size.textContent = rows > 0 ? count(rows) : '';
    },
  );
  return h('label', { class: 'corpus' }, input, h('span', {}, CORPORA[id].name, ' ', size));
}

function setUpLanguage(store: Store<State>, onChange: () => void): void {
  const label = byId('language-label', HTMLLabelElement);
  const select = byId('language', HTMLSelectElement);
  select.addEventListener('change', () => {
    store.set({ language: select.value });
    onChange();
  });
  store.watch(
    ({ corpus, language }) => [corpus, language],
    ({ corpus, language }) => {
      const languages = isSample(corpus) ? SAMPLE_FILES[corpus].languages : [];
      label.hidden = languages.length < 2;
      if (select.options.length - 1 !== languages.length)
        select.replaceChildren(...options(languages));
      select.value = language;
    },
  );
}

function options(languages: readonly string[]): HTMLOptionElement[] {
  const named = languages
    .map((tag) => ({ tag, ...languageNames(tag) }))
    .sort((a, b) => a.english.localeCompare(b.english));
  return [
    h('option', { attrs: { value: '' } }, 'any language'),
    ...named.map(({ tag, own, english }) =>
      h(
        'option',
        { attrs: { value: tag, lang: tag } },
        own === english ? english : `${english} · ${own}`,
      ),
    ),
  ];
}
