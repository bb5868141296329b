/** Small things remembered between visits, where the browser allows any. */

const PREFIX = 'nearfield:';

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Site data is blocked: it holds until the page closes.
  }
}

export function forgetAll(): void {
  try {
    localStorage.clear();
  } catch {
    // Nothing was kept where nothing can be.
  }
}
