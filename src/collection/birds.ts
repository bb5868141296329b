import type { Collection, CollectionOptions, DocumentInput } from '../contract/index.ts';
import { deleteDatabase } from '../cache/index.ts';
import { removeOpfsFolder } from './disk/index.ts';
import { openCollection } from './index.ts';
import { DATABASE_PREFIX } from './schema.ts';
import type { SearchRequest } from './wire.ts';

/** A test fixture: three texts that share no words, and collections that end with their test. */

export const OWLS = 'Owls hunt silently at night with soft feathers.';
export const BATS = 'Bats find insects by listening to echoes.';
export const SWIFTS = 'Swifts sleep while flying high above the towns.';
export const BIRDS: DocumentInput[] = [
  { id: 'owl', text: OWLS, title: 'The owl', url: '/owl', metadata: { wings: 2, tags: ['night'] } },
  { id: 'bat', text: BATS },
  { id: 'swift', text: SWIFTS },
];

/** One collection, opened as often as a test wants; `end` closes all of them and deletes it. */
export class Aviary {
  readonly #name: string;
  readonly #defaults: CollectionOptions;
  #opened: Collection[] = [];

  constructor(name: string, defaults: CollectionOptions) {
    this.#name = name;
    this.#defaults = defaults;
  }

  async open(options: Partial<CollectionOptions> = {}): Promise<Collection> {
    const collection = await openCollection(this.#name, { ...this.#defaults, ...options });
    this.#opened.push(collection);
    return collection;
  }

  async end(): Promise<void> {
    await Promise.all(this.#opened.map((collection) => collection.close()));
    this.#opened = [];
    // As `deleteCollection` does, without a worker for each test.
    await deleteDatabase(DATABASE_PREFIX + this.#name);
    await removeOpfsFolder(this.#name);
  }
}

/** Of the documents that a query finds, best first. */
export async function idsOf(collection: Collection, query: string): Promise<string[]> {
  return (await collection.search(query, { minScore: 0.01 })).map(({ id }) => id);
}

/** What the search worker is asked for the nearest document. */
export function nearestTo(meaning: Float32Array<ArrayBuffer>): SearchRequest {
  return {
    ...{ mode: 'vector', meaning, limit: 1, passages: 1, fusion: 'scores', words: {} },
    ...{ explain: false, exact: false },
  };
}
