/** What this browser keeps for the page, and getting rid of it. */

import { button, byId, h } from '../dom.ts';
import { bytes, plural } from '../format.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { modelName } from './names.ts';

export interface DataActions {
  deleteEverything(): void;
}

export function setUpData(store: Store<State>, actions: DataActions): void {
  const list = h('dl', { class: 'gauges' });
  byId('data-panel', HTMLElement).append(
    h('h2', { class: 'panel-title', attrs: { id: 'data-title' } }, 'Kept in this browser'),
    list,
    button('Delete everything', actions.deleteEverything, { kind: 'danger' }),
  );
  store.watch(
    ({ storedModels, shelves, offline }) => [storedModels, shelves.documents.documents, offline],
    ({ storedModels, shelves, offline }) => {
      const rows: [string, string][] = [
        ...storedModels.map(({ id, bytes: size }): [string, string] => [
          modelName(id),
          bytes(size),
        ]),
        ['My documents', plural(shelves.documents.documents, 'text')],
        ['Works offline', offline === 'ready' ? 'yes' : 'not yet'],
      ];
      list.replaceChildren(
        ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
      );
    },
  );
}
