/** The query encoder of an index: it must see queries as the model of the vectors does. */

import { NearfieldError, type SiteModel } from '../contract/index.ts';
import { LightEncoder } from '../light/index.ts';
import { damaged, type OpenedParts } from './files/index.ts';

/** Throws `integrity`, and `incompatible-index` where it was fitted to another model. */
export function readEncoder({ plain }: OpenedParts, name: string, model: SiteModel): LightEncoder {
  const encoder = opened(plain as Uint8Array<ArrayBuffer>, name);
  checkEncoder(encoder, model, 'incompatible-index');
  return encoder;
}

function opened(bytes: Uint8Array<ArrayBuffer>, name: string): LightEncoder {
  try {
    return LightEncoder.from(bytes);
  } catch (error) {
    throw damaged(name, `it is no query encoder (${String(error)})`);
  }
}

/** Throws what it is told to. */
export function checkEncoder(
  { model: fitted }: LightEncoder,
  { model, revision, pooling, dimensions }: SiteModel,
  code: 'bad-input' | 'incompatible-index',
): void {
  const isSame =
    fitted.model === model &&
    fitted.revision === revision &&
    (fitted.pooling === undefined || fitted.pooling === pooling) &&
    fitted.dimensions === dimensions;
  if (isSame) return;
  throw new NearfieldError(
    code,
    `Expected a query encoder of ${model} (${revision}) with ${dimensions} dimensions, got one of ${fitted.model} (${fitted.revision}) with ${fitted.dimensions}. Fit it to this index's own vectors.`,
  );
}
