import { NearfieldError } from '../contract/index.ts';
import type { VectorSpec } from './wire.ts';

export function sameSpec(a: VectorSpec, b: VectorSpec): boolean {
  return a.model === b.model && a.revision === b.revision && a.dimensions === b.dimensions;
}

export function incompatible(name: string, stored: VectorSpec, asked: VectorSpec): NearfieldError {
  return new NearfieldError(
    'incompatible-index',
    `The collection "${name}" holds vectors of ${said(stored)}, and ${said(asked)} was asked for: ` +
      `the two cannot be compared. Open it with the model it was made with, ` +
      `pass onMismatch: 're-embed', or delete it with deleteCollection("${name}").`,
  );
}

function said({ model, revision, dimensions }: VectorSpec): string {
  return `${model} at ${revision} with ${dimensions} dimensions`;
}
