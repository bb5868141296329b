/** Light or dark: the system's choice until the visitor makes their own. */

import { byId } from './dom.ts';
import { remember } from './memory.ts';

export function setUpTheme(): void {
  byId('theme', HTMLButtonElement).addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    // Read by public/theme.js before the next visit's first paint.
    remember('theme', next);
  });
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
