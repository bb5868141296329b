/** The search box: typing, composing, clearing, and the keys that lead to it and away. */

import { byId } from '../dom.ts';
import type { Search } from '../search.ts';
import type { State } from '../state.ts';
import type { Store } from '../store.ts';

export function setUpQuestion(store: Store<State>, search: Search): void {
  const input = byId('question', HTMLInputElement);
  const clear = byId('clear', HTMLButtonElement);
  input.value = store.get().query || input.value;
  input.addEventListener('input', (event) => {
    // An input method's half-made words are not a question yet.
    if (!event.isComposing) search.type(input.value);
  });
  input.addEventListener('compositionend', () => search.type(input.value));
  byId('ask', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    if (input.value !== store.get().query) search.type(input.value);
    search.ask();
  });
  const empty = (): void => {
    input.value = '';
    search.type('');
    input.focus();
  };
  clear.addEventListener('click', empty);
  setUpKeys(input, empty);
  store.watch(
    ({ query }) => [query],
    ({ query }) => {
      clear.hidden = query === '';
      if (input.value !== query && document.activeElement !== input) input.value = query;
    },
  );
}

function setUpKeys(input: HTMLInputElement, empty: () => void): void {
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key !== 'ArrowDown') return;
    const first = document.querySelector<HTMLButtonElement>('.hit-toggle');
    if (first) event.preventDefault();
    first?.focus();
  });
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape' && isOurs(event.target)) empty();
    if (!leadsToSearch(event)) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

/** Esc clears from the box and from the results; in a note or a list it keeps its own meaning. */
function isOurs(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('#ask, .results') !== null;
}

function leadsToSearch(event: KeyboardEvent): boolean {
  const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
  const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
  return command || (slash && !isTyping(event.target));
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=radio]), textarea, select')
  );
}
