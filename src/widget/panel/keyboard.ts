/** Keys in the field, by the ARIA Authoring Practices' combobox with a list. */

import type { List } from './list.ts';

export interface KeyActions {
  /** Esc: one step back; false where there is none, and the browser closes the dialog. */
  onEscape(): boolean;
  /** Before it moves. */
  onArrow(): void;
  onEnter(event: KeyboardEvent): void;
  /** Similar pages of the active option, or the first. */
  onSimilar(): void;
  /** Takes the active option out of the list, where it is a recent search. */
  onDelete(): boolean;
}

export function onKeys(
  input: HTMLInputElement,
  list: List,
  actions: KeyActions,
  signal: AbortSignal,
): void {
  const onKey = (event: KeyboardEvent): void => {
    // Keys that an input method takes are its own; Safari says so by 229 alone.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign
    if (event.isComposing || event.keyCode === 229) return;
    if (handled(event, list, actions)) event.preventDefault();
  };
  input.addEventListener('keydown', onKey, { signal });
}

function handled(event: KeyboardEvent, list: List, actions: KeyActions): boolean {
  const { key } = event;
  if (key === 'Enter') {
    if (event.altKey) actions.onSimilar();
    else actions.onEnter(event);
    return true;
  }
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  if (key === 'Escape') return actions.onEscape();
  if (key === 'Delete' && list.hasActive) return actions.onDelete();
  if (key === 'ArrowDown' || key === 'ArrowUp') actions.onArrow();
  if (list.size === 0) return false;
  if (key === 'ArrowDown') return moved(list, 'next');
  if (key === 'ArrowUp') return moved(list, 'previous');
  // Without an active option they move in the text.
  if (!list.hasActive) return false;
  if (key === 'Home') return moved(list, 'first');
  return key === 'End' && moved(list, 'last');
}

function moved(list: List, to: 'next' | 'previous' | 'first' | 'last'): true {
  list.move(to);
  return true;
}
