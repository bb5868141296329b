import type { Hit } from '../index.ts';
import type { Parts } from './parts.ts';

/** A hit of the declaration in the reader's language, or in English: the proof of a foreign hit. */
export async function parallelText(
  { store, shelf }: Parts,
  hit: Hit,
): Promise<{ text: string; language: string } | undefined> {
  const [language = '', number] = hit.id.split('-');
  if (store.get().corpus !== 'udhr' || number === undefined) return undefined;
  const collection = await shelf.open('udhr');
  const own = navigator.language.split('-')[0] ?? 'en';
  for (const reader of [own, 'en']) {
    if (reader === language) return undefined;
    const found = await collection?.get(`${reader}-${number}`);
    if (found) return { text: found.text, language: reader };
  }
  return undefined;
}
