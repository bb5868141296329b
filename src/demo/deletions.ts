/** Taking things away again, after asking where it cannot be undone. */

import {
  clearVectorCache,
  deleteCollection,
  deleteStoredModels,
  listCollections,
} from '../index.ts';
import { refreshModels } from './life.ts';
import { forgetAll } from './memory.ts';
import type { Parts } from './parts.ts';
import { forgetOffline } from './pwa.ts';
import { troubleOf } from './trouble.ts';
import { announce } from './views/announce.ts';
import { confirmed } from './views/confirm.ts';

export async function removeDocument(parts: Parts, id: string, title: string): Promise<void> {
  const { shelf, search } = parts;
  const collection = await shelf.open('documents');
  await collection?.remove(id);
  await shelf.recount('documents');
  announce(`${title} was deleted.`);
  search.ask();
}

export async function removeAllDocuments({ shelf }: Parts): Promise<void> {
  const sure = await confirmed({
    title: 'Delete all your documents?',
    body: 'Their text and vectors are removed from this browser. This cannot be undone.',
    yes: 'Delete all',
  });
  if (!sure) return;
  const collection = await shelf.open('documents');
  await collection?.clear();
  await shelf.recount('documents');
  announce('All your documents were deleted.');
}

export async function deleteEverything(parts: Parts): Promise<void> {
  const { store, shelf, engine, ingest } = parts;
  const sure = await confirmed({
    title: 'Delete everything?',
    body: 'Models, vectors, samples and all your documents are removed from this browser. This cannot be undone.',
    yes: 'Delete everything',
  });
  if (!sure) return;
  try {
    ingest.cancel();
    await shelf.closeAll();
    await engine.close();
    await erase();
    shelf.forget();
    store.set({
      query: '',
      answer: undefined,
      jobs: [],
      storedModels: [],
      offline: 'unknown',
      modelStored: false,
      erased: true,
    });
    await refreshModels(parts);
    announce('Everything was deleted from this browser.');
  } catch (error) {
    store.set({ engineTrouble: troubleOf(error) });
  }
}

/** Collections and the embedder are closed by now. */
async function erase(): Promise<void> {
  for (const { name } of await listCollections()) await deleteCollection(name);
  await clearVectorCache();
  await deleteStoredModels();
  await forgetOffline();
  forgetAll();
}
