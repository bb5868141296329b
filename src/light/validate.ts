/** Whether bytes of anywhere are a sound light encoder, down to the last piece. */

import { halfToNumber, NearfieldError } from '../contract/index.ts';
import { BLOCK } from './int4.ts';
import {
  byteLengthOf,
  checksumOf,
  COUNT_NAMES,
  HEADER,
  MAGIC,
  partsOf,
  VERSION,
  type Counts,
  type Parts,
} from './layout.ts';
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
  const counts = countsOf(bytes);
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

function countsOf(bytes: Uint8Array<ArrayBuffer>): Counts {
  const headerBytes = 4 * HEADER.words;
  if (bytes.length < headerBytes || bytes.length % 4 !== 0) {
    throw damaged(`expected ${headerBytes} bytes or more, a multiple of 4; got ${bytes.length}`);
  }
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset, HEADER.words);
  if (header[HEADER.magic] !== MAGIC) throw damaged('it does not begin as one');
  if (header[HEADER.version] !== VERSION) {
    throw new NearfieldError(
      'unsupported-model',
      `A light encoder has version ${header[HEADER.version]}; this Nearfield reads ${VERSION}. Fit it again.`,
    );
  }
  const counts = Object.fromEntries(
    COUNT_NAMES.map((name, i) => [name, header[HEADER.counts + i]]),
  ) as Counts;
  if (counts.dimensions === 0 || counts.dimensions % BLOCK !== 0) {
    throw damaged(`expected dimensions in blocks of ${BLOCK}, got ${counts.dimensions}`);
  }
  const expected = byteLengthOf(counts);
  if (header[HEADER.byteLength] !== bytes.length || expected !== bytes.length) {
    throw damaged(`expected ${expected} bytes, got ${bytes.length}`);
  }
  if (header[HEADER.checksum] !== checksumOf(bytes)) throw damaged('its checksum is another');
  return counts;
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
