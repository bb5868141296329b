/** The field that is typed into: a combobox whose list is the open search's. */

import { h, icon, set } from './dom.ts';
import { CROSS, SEARCH } from './icons.ts';
import type { ShellStrings } from './strings/shell.ts';

/** Longer ones are no questions. */
const MOST = 512;

export interface Field {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
}

export function makeField(strings: ShellStrings, placeholder: string): Field {
  const input = h('input', {
    part: 'input',
    type: 'text',
    role: 'combobox',
    'aria-label': strings.search,
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-haspopup': 'listbox',
    autocomplete: 'off',
    autocapitalize: 'off',
    autocorrect: 'off',
    spellcheck: 'false',
    enterkeyhint: 'search',
    maxlength: MOST,
    placeholder,
  });
  const clear = h(
    'button',
    { type: 'button', class: 'clear', part: 'clear', 'aria-label': strings.clear, hidden: true },
    icon(CROSS),
  );
  const element = h('div', { class: 'field', part: 'field' }, icon(SEARCH), input, clear);
  input.addEventListener('input', () => set(clear, 'hidden', input.value === ''));
  clear.addEventListener('click', () => {
    type(input, '');
    input.focus();
  });
  return { element, input };
}

/** Puts a text there as if it were typed. */
export function type(input: HTMLInputElement, text: string): void {
  input.value = text;
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
}
