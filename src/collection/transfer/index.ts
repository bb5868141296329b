/** Whole collections as streams: a file of our own, and formats of others. No storage, no model. */

export { exportStream } from './export.ts';
export type { ExportedDocument } from './exported.ts';
export { fvecsStream, readFvecs } from './fvecs.ts';
export type { ExportHead } from './head.ts';
export { importStream } from './import.ts';
export { documentLines, passageLines, readDocuments } from './jsonl.ts';
export { npyStream, readNpy } from './npy.ts';
export { paired, rowsOf } from './pairs.ts';
export { bytesOf, checkedSource } from './sources.ts';
export { deferred } from './streams.ts';
export type { VectorFile } from './vector-file.ts';
