/** Filters on metadata: checked at the door, evaluated to a bitmap of rows. */

export { checkedFilter, type Expression } from './expression.ts';
export { MetadataIndex } from './metadata-index.ts';
