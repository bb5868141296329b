/** Light or dark: the system's choice until the visitor makes their own. */

import { byId } from './dom.ts';

const KEY = 'nearfield:theme';

export function setUpTheme(): void {
  byId('theme', HTMLButtonElement).addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    remember(KEY, next);
  });
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/** localStorage throws where site data is blocked; a preference is not worth an error. */
function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept until the page closes.
  }
}
