import { describe, expect, it } from 'vitest';
import { strings as english } from './en.ts';
import { loadStrings } from './load.ts';
import type { PanelStrings, Plural } from './panel.ts';
import { LANGUAGES, SHELL_STRINGS, type Language } from './shell.ts';
import { Wording } from './wording.ts';

const all = await Promise.all(
  LANGUAGES.map(async (language) => [language, await loadStrings(language)] as const),
);

function formsOf(value: string | Plural): string[] {
  return typeof value === 'string' ? [value] : Object.values<string>(value);
}

function valuesIn(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();
}

describe.each(all)('strings in %s', (language, strings) => {
  it('are all there, with the values of the English ones', () => {
    expect(Object.keys(strings).sort()).toEqual(Object.keys(english).sort());
    for (const [key, value] of Object.entries(strings) as [keyof PanelStrings, string | Plural][]) {
      for (const form of formsOf(value)) expect(form.trim(), key).not.toBe('');
      if (key === 'pages') continue;
      expect(valuesIn(value as string), key).toEqual(valuesIn(english[key]));
    }
    const shell = SHELL_STRINGS[language];
    expect(Object.keys(shell)).toEqual(Object.keys(SHELL_STRINGS.en));
    expect(Object.values<string>({ ...shell }).every((text) => text.trim() !== '')).toBe(true);
  });

  it('are its own', () => {
    const same = (Object.keys(english) as (keyof PanelStrings)[]).filter(
      (key) => typeof strings[key] === 'string' && strings[key] === english[key],
    );
    // "Filters" is Dutch, too.
    expect(same.length).toBeLessThanOrEqual(language === 'en' ? Infinity : 1);
  });

  it('have a form for every count', () => {
    const rules = new Intl.PluralRules(language);
    for (const category of rules.resolvedOptions().pluralCategories) {
      // Of millions, in French, Spanish, Italian and Portuguese; and of parts, in Polish.
      if (category === 'many' && ['fr', 'es', 'it', 'pt'].includes(language)) continue;
      expect(strings.pages, category).toHaveProperty(category);
    }
  });
});

function wordingOf(language: Language): Wording {
  const [, strings] = all.find(([name]) => name === language)!;
  return new Wording(language, { ...SHELL_STRINGS[language], ...strings });
}

describe('wording', () => {
  it('counts as the language does', () => {
    expect(wordingOf('en').pages(1)).toBe('1 page');
    expect(wordingOf('en').pages(1200)).toBe('1,200 pages');
    expect([1, 3, 5, 22].map((count) => wordingOf('pl').pages(count))).toEqual([
      '1 strona',
      '3 strony',
      '5 stron',
      '22 strony',
    ]);
    expect(wordingOf('ar').pages(2)).toBe('صفحتان');
  });

  it('puts values in as they are, once', () => {
    const text = wordingOf('en').text('nothing', { query: '{query} $& {x}' });
    expect(text).toBe('Nothing found for “{query} $& {x}”');
  });

  it('says sizes in decimal units', () => {
    const { size } = { size: (bytes: number) => wordingOf('en').size(bytes) };
    expect([84_000, 1_840_000, 83_000_000, 1_200_000_000].map(size)).toEqual([
      '84 kB',
      '1.8 MB',
      '83 MB',
      '1.2 GB',
    ]);
    expect(wordingOf('de').size(1_840_000)).toBe('1,8 MB');
    expect(wordingOf('fr').percent(0.5)).toMatch(/^50\s%$/);
  });
});
