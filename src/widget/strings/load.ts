/** The strings of one language: a small file for each, fetched with the open search. */

import type { PanelStrings } from './panel.ts';
import type { Language } from './shell.ts';

const FILES: Readonly<Record<Language, () => Promise<{ strings: PanelStrings }>>> = {
  en: () => import('./en.ts'),
  de: () => import('./de.ts'),
  fr: () => import('./fr.ts'),
  es: () => import('./es.ts'),
  it: () => import('./it.ts'),
  pt: () => import('./pt.ts'),
  nl: () => import('./nl.ts'),
  pl: () => import('./pl.ts'),
  ja: () => import('./ja.ts'),
  zh: () => import('./zh.ts'),
  ko: () => import('./ko.ts'),
  ar: () => import('./ar.ts'),
};

export async function loadStrings(language: Language): Promise<PanelStrings> {
  return (await FILES[language]()).strings;
}
