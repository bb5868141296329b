import type { MetadataValue } from './collection.ts';

/** What `isMetadataValue` lets through, for messages. */
export const METADATA_VALUE =
  'a string, a finite number, a boolean, a valid Date, null or a list of strings';

export function isMetadataValue(value: unknown): value is MetadataValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Date) return Number.isFinite(value.getTime());
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
