/** The visitor's own documents: adding, watching them arrive, and what is there. */

import type { StoredDocument } from '../../index.ts';
import type { Ingest } from '../documents/ingest.ts';
import { button, byId, h, icon } from '../dom.ts';
import { count, plural } from '../format.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { drawJobs } from './jobs.ts';

const PAGE = 50;

export interface DocumentActions {
  list: (limit: number) => Promise<StoredDocument[]>;
  remove: (id: string, title: string) => void;
  removeAll: () => void;
}

export function createDocuments(
  store: Store<State>,
  ingest: Ingest,
  actions: DocumentActions,
): HTMLElement {
  const jobs = h('div', { class: 'jobs' });
  const listed = h('div', { class: 'listed' });
  store.watch(
    ({ jobs }) => [jobs],
    (state) => jobs.replaceChildren(...drawJobs(state.jobs, ingest)),
  );
  keepList(store, listed, actions);
  return h('div', { class: 'documents' }, picker(ingest), noteForm(ingest), jobs, listed);
}

function picker(ingest: Ingest): HTMLElement {
  const input = h('input', {
    class: 'sr-only',
    attrs: {
      id: 'files',
      type: 'file',
      multiple: true,
      accept: '.txt,.md,.markdown,text/plain,text/markdown',
    },
    on: {
      change: () => {
        ingest.addFiles([...(input.files ?? [])]);
        input.value = '';
      },
    },
  });
  return h(
    'div',
    { class: 'drop' },
    input,
    h(
      'label',
      { class: 'drop-label', attrs: { for: 'files' } },
      icon('drop'),
      h(
        'span',
        {},
        h('strong', {}, 'Choose .txt or .md files'),
        ' or drop them anywhere on the page',
      ),
    ),
  );
}

function noteForm(ingest: Ingest): HTMLElement {
  const text = h('textarea', {
    class: 'note',
    attrs: { id: 'note', rows: 3, placeholder: 'Paste or write something worth finding again' },
  });
  return h(
    'form',
    {
      class: 'note-form',
      on: {
        submit: (event) => {
          event.preventDefault();
          if (text.value.trim() === '') return text.focus();
          ingest.addNote(text.value);
          text.value = '';
        },
      },
    },
    h('label', { class: 'label', attrs: { for: 'note' } }, 'Or paste text'),
    text,
    h('button', { class: 'button button-primary', attrs: { type: 'submit' } }, 'Add text'),
  );
}

/** Draws again when documents come or go; a counter drops a list that was overtaken. */
function keepList(store: Store<State>, place: HTMLElement, actions: DocumentActions): void {
  let turn = 0;
  let limit = PAGE;
  const draw = async (state: Readonly<State>): Promise<void> => {
    const mine = ++turn;
    const { documents, phase } = state.shelves.documents;
    const found = phase === 'ready' && state.engine ? await actions.list(limit) : [];
    if (mine === turn) place.replaceChildren(...drawList(found, documents, actions, showMore));
  };
  const showMore = (): void => {
    limit += PAGE;
    void draw(store.get());
  };
  store.watch(
    ({ shelves, engine }) => [shelves.documents, engine !== undefined],
    (state) => void draw(state),
  );
}

function drawList(
  found: readonly StoredDocument[],
  total: number,
  actions: DocumentActions,
  showMore: () => void,
): HTMLElement[] {
  if (found.length === 0)
    return [
      h(
        'p',
        { class: 'empty' },
        'Nothing added yet. What you add is searchable at once, also after you come back.',
      ),
    ];
  const items = found.map((document) => drawDocument(document, actions));
  return [
    h(
      'div',
      { class: 'listed-head' },
      h('h2', { class: 'label', attrs: { id: 'listed-title' } }, plural(total, 'document')),
      button('Delete all', actions.removeAll, { kind: 'danger', name: 'Delete all my documents' }),
    ),
    h('ul', { attrs: { 'aria-labelledby': 'listed-title' } }, ...items),
    ...(total > found.length ? [button('Show more', showMore)] : []),
  ];
}

function drawDocument(
  { id, title, text, passages }: StoredDocument,
  actions: DocumentActions,
): HTMLElement {
  const name = title ?? id;
  return h(
    'li',
    { class: 'document' },
    h('span', { class: 'document-title', attrs: { dir: 'auto' } }, name),
    h(
      'span',
      { class: 'facts' },
      `${count(text.length)} characters · ${plural(passages, 'passage')}`,
    ),
    button('Delete', () => actions.remove(id, name), { name: `Delete ${name}` }),
  );
}

/** Files may be dropped anywhere; the cover says so while they hover. */
export function setUpDrop(onFiles: (files: readonly File[]) => void): void {
  const cover = byId('drop-cover', HTMLDivElement);
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    cover.hidden = depth === 0;
  };
  const hasFiles = (event: DragEvent): boolean =>
    event.dataTransfer?.types.includes('Files') ?? false;
  document.addEventListener('dragenter', (event) => hasFiles(event) && show(1));
  document.addEventListener('dragleave', (event) => hasFiles(event) && show(-1));
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    show(-depth);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
}
