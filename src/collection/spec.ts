import { NearfieldError } from '../contract/index.ts';
import type { VectorSpec } from './wire.ts';

/**
 * Whether vectors may be compared: model, revision, pooling and width must be the same. Not so the
 * dtype: 4 bits and 16 are the same space with a little noise, and devices that fall back change
 * it by themselves; nor the token limit, which decides how much of a long text is read. A pooling
 * that was not noted fits any.
 */
export function sameSpec(a: VectorSpec, b: VectorSpec): boolean {
  return (
    a.model === b.model &&
    a.revision === b.revision &&
    a.dimensions === b.dimensions &&
    (a.pooling ?? b.pooling) === (b.pooling ?? a.pooling)
  );
}

export function incompatible(name: string, stored: VectorSpec, asked: VectorSpec): NearfieldError {
  return new NearfieldError(
    'incompatible-index',
    `The collection "${name}" holds vectors of ${said(stored)}, and ${said(asked)} was asked for: ` +
      `the two cannot be compared. Open it with the model it was made with, ` +
      `pass onMismatch: 're-embed', or delete it with deleteCollection("${name}").`,
  );
}

/** Only what tells the space: records hold more. */
export function plainSpec({ model, revision, pooling, dimensions }: VectorSpec): VectorSpec {
  return { model, revision, ...(pooling && { pooling }), dimensions };
}

/** For messages. */
export function said({ model, revision, pooling, dimensions }: VectorSpec): string {
  const how = pooling === undefined ? '' : `${pooling} pooling and `;
  return `${model} at ${revision} with ${how}${dimensions} dimensions`;
}
