/** What was searched for on this device, newest first. */

import { forget, recall, remember } from './memory.ts';

const MOST = 8;

export class RecentSearches {
  readonly #key: string;

  /** @param index whose searches these are */
  constructor(index: string) {
    this.#key = `recent:${index}`;
  }

  get list(): string[] {
    try {
      const kept: unknown = JSON.parse(recall(this.#key) ?? '[]');
      if (!Array.isArray(kept)) return [];
      return kept.filter((query) => typeof query === 'string').slice(0, MOST);
    } catch {
      return [];
    }
  }

  add(query: string): void {
    const wanted = query.trim();
    if (wanted === '') return;
    const others = this.list.filter((other) => other !== wanted);
    remember(this.#key, JSON.stringify([wanted, ...others].slice(0, MOST)));
  }

  remove(query: string): void {
    remember(this.#key, JSON.stringify(this.list.filter((other) => other !== query)));
  }

  clear(): void {
    forget(this.#key);
  }
}
