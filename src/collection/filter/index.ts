/** Filters on metadata: checked at the door, evaluated to a bitmap of rows. */

export { clearBit, countBits, emptyBitmap, rowsIn, setRange, type Bitmap } from './bitmap.ts';
export { checkedFilter, type Expression } from './expression.ts';
export { MetadataIndex } from './metadata-index.ts';
