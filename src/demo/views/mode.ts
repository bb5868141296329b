/** What a question is searched by: its meaning, its words, or both. */

import type { SearchMode } from '../../index.ts';
import { byId, h } from '../dom.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';
import { MODE_NAMES } from './names.ts';

const MODES = ['hybrid', 'vector', 'lexical'] as const satisfies readonly SearchMode[];

export function setUpMode(store: Store<State>, onChange: (mode: SearchMode) => void): void {
  const choices = MODES.map((mode) => choice(mode, store, onChange));
  byId('modes', HTMLFieldSetElement).append(...choices);
}

function choice(
  mode: SearchMode,
  store: Store<State>,
  onChange: (mode: SearchMode) => void,
): HTMLElement {
  const input = h('input', {
    attrs: { type: 'radio', name: 'mode', value: mode },
    on: { change: () => onChange(mode) },
  });
  store.watch(
    (state) => [state.mode],
    (state) => {
      input.checked = state.mode === mode;
    },
  );
  return h('label', { class: 'mode' }, input, h('span', {}, MODE_NAMES[mode]));
}
