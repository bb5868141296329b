/** Whole collections as streams: a file of our own, and formats of others. No storage, no model. */

export { exportStream } from './export.ts';
export type { ExportedDocument } from './exported.ts';
export type { ExportHead } from './head.ts';
export { importStream } from './import.ts';
