/** Metadata by field: who has which value, in a file that is read when a filter asks for the field. */

export { readColumn, writeColumn, type Column, type Values } from './column.ts';
export { evaluateFilter, fieldsOf } from './evaluate.ts';
