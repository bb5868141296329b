/** Whether bytes of anywhere are a sound light encoder, down to the last piece. */

import { checkSeal, halfToNumber, NearfieldError } from '../contract/index.ts';
import { BLOCK } from './int4.ts';
import { ENCODER, partsOf, type Counts, type Parts } from './layout.ts';
import { isLightModel, type LightModel } from './model.ts';
import { unpackStrings } from './strings.ts';

export interface Validated {
  model: LightModel;
  parts: Parts;
  pieces: readonly string[];
}

/**
 * Throws `bad-model` with what is wrong, `unsupported-model` for another version.
 * @param bytes beginning at a multiple of 4 in their buffer
 */
export function validate(bytes: Uint8Array<ArrayBuffer>): Validated {
  const counts = checkSeal(KIND, bytes, { damaged, otherVersion });
  const parts = partsOf(bytes, counts);
  const model = modelOf(parts.model);
  if (model?.dimensions !== counts.dimensions) throw damaged('it does not name its model');
  if (!parts.mean.every(Number.isFinite)) throw damaged('its mean is not finite');
  if (!parts.scales.every((bits) => Number.isFinite(halfToNumber(bits)))) {
    throw damaged('a scale is not finite');
  }
  const isWeight = (bits: number): boolean =>
    halfToNumber(bits) > 0 && Number.isFinite(halfToNumber(bits));
  if (!parts.weights.every(isWeight)) throw damaged('a weight is not positive');
  if (parts.costs.includes(0)) throw damaged('a piece costs nothing');
  const pieces = unpackStrings(parts.strings, counts.pieces);
  if (!pieces) throw damaged('its pieces are not rising strings');
  return { model, parts, pieces };
}

/** Dimensions that are no blocks have no length. */
const KIND: typeof ENCODER = {
  ...ENCODER,
  byteLengthOf: (counts: Counts) => {
    if (counts.dimensions === 0 || counts.dimensions % BLOCK !== 0) {
      throw damaged(`expected dimensions in blocks of ${BLOCK}, got ${counts.dimensions}`);
    }
    return ENCODER.byteLengthOf(counts);
  },
};

function otherVersion(version: number): NearfieldError {
  return new NearfieldError(
    'unsupported-model',
    `A light encoder has version ${version}; this Nearfield reads ${ENCODER.version}. Fit it again.`,
  );
}

function modelOf(bytes: Uint8Array): LightModel | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isLightModel(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function damaged(what: string): NearfieldError {
  return new NearfieldError(
    'bad-model',
    `A light encoder is damaged: ${what}. Fetch it again, or fit it again.`,
  );
}
