/** Files of a site's index: sealed, deflated, named, and read once each. */

export { ByteReader } from './byte-reader.ts';
export { damaged } from './damage.ts';
export { fileName, isFileName, MOST_ROWS, type FilePlace } from './names.ts';
export { beginsAs, type FileParts, type OpenedParts } from './packed.ts';
export { Shelf, type ReadFile, type Traffic } from './shelf.ts';
export { SiteWriter, type SiteFile, type SiteFiles } from './site-writer.ts';
