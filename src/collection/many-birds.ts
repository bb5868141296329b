import type { Collection, DocumentInput } from '../contract/index.ts';
import { BATS, OWLS, SWIFTS, type Aviary } from './birds.ts';
import { listCollections } from './index.ts';

/** A test fixture: a collection that takes several pieces, and its file. */

/** More than a piece or a block holds, some with several passages. */
export const MANY = many(700);

export function many(count: number): DocumentInput[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `d${i}`,
    text: i % 7 === 0 ? `Word${i}. ${OWLS}\n\n${BATS}\n\n${SWIFTS}` : `Word${i}. ${OWLS}`,
    ...(i % 3 === 0 && { title: `Bird ${i}`, metadata: { at: new Date(i), i, tags: ['a'] } }),
    ...(i % 5 === 0 && { url: `/${i}`, language: 'en' }),
  }));
}

export async function full(aviary: Aviary, documents = MANY): Promise<Collection> {
  const birds = await aviary.open({ passageCharacters: 60 });
  await birds.add(documents);
  return birds;
}

export function blobOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Blob> {
  return new Response(stream).blob();
}

/** A file of the documents; no collection is left. */
const files = new Map<DocumentInput[], Promise<Blob>>();

/** The same documents are exported once. */
export function fileOf(aviary: Aviary, documents: DocumentInput[]): Promise<Blob> {
  const made = files.get(documents) ?? makeFile(aviary, documents);
  files.set(documents, made);
  return made;
}

async function makeFile(aviary: Aviary, documents: DocumentInput[]): Promise<Blob> {
  const birds = await full(aviary, documents);
  const file = await blobOf(birds.export());
  await aviary.end();
  return file;
}

export async function namesOfAll(): Promise<string[]> {
  return (await listCollections()).map(({ name }) => name);
}
