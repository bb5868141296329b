/** What this browser keeps for the page, and getting rid of it. */

import { button, byId, h } from '../dom.ts';
import { bytes, plural } from '../format.ts';
import { modelOfFolder } from '../models.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { modelName } from './names.ts';

export interface DataActions {
  deleteEverything: () => void;
}

export function setUpData(store: Store<State>, actions: DataActions): void {
  const list = h('dl', { class: 'gauges' });
  byId('data-panel', HTMLElement).append(
    h('h2', { class: 'panel-title', attrs: { id: 'data-title' } }, 'Kept in this browser'),
    list,
    button('Delete everything', actions.deleteEverything, { kind: 'danger' }),
  );
  store.watch(
    ({ storedModels, shelves, offline, modelStored }) => [
      storedModels,
      shelves.documents.documents,
      offline,
      modelStored,
    ],
    ({ storedModels, shelves, offline, modelStored }) => {
      const rows: [string, string][] = [
        ...modelRows(storedModels),
        ['My documents', plural(shelves.documents.documents, 'text')],
        ['Works offline', offline === 'ready' && modelStored ? 'yes' : 'not yet'],
      ];
      list.replaceChildren(
        ...rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
      );
    },
  );
}

/** Ours by name, anything else (models loaded from the console) as one sum. */
function modelRows(stored: State['storedModels']): [string, string][] {
  const sizes = new Map<string, number>();
  for (const { id, bytes: size } of stored) {
    const model = modelOfFolder(id);
    if (size === 0) continue;
    const name = model ? modelName(model) : 'Other model files';
    sizes.set(name, (sizes.get(name) ?? 0) + size);
  }
  return [...sizes].map(([name, size]) => [capitalised(name), bytes(size)]);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
