/** Documents in, ranked hits out: passages, vectors and storage, in a search worker. */

export { openCollection } from './collection.ts';
export { deleteCollection, listCollections } from './catalogue.ts';
export { importCollection } from './importing.ts';
export type { CatalogueOptions } from './catalogue.ts';
