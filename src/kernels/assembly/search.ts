/** What a search module exports. The meaning of every parameter is in ../search-types.ts. */

export { checksum } from './checksum';
export { dotRows } from './dot-rows';
export { centreRows, encodeRows } from './encode';
export { encodeQuery } from './encode-query';
export { rotateRows } from './rotate';
export { deriveRows, measureRows, scanBits, selectRows } from './scan-bits';
export { scanBytes, scoreRows } from './scan-bytes';
