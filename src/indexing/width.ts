/** Width of an index's vectors, known to be right before anything is embedded. */

import { checkDimensions, NearfieldError, type CuttableModel } from '../contract/index.ts';
import { BLOCK } from '../light/int4.ts';

/** The width asked for, else the model's own. Throws `bad-input` where an index cannot have it. */
export function checkedWidth(model: CuttableModel, wanted: number | undefined): number {
  const width = checkDimensions(model, wanted);
  if (width % BLOCK === 0) return width;
  const least = Math.ceil(model.minDimensions / BLOCK) * BLOCK;
  const most = Math.floor(model.dimensions / BLOCK) * BLOCK;
  const expected =
    least > most
      ? `a model whose vectors can have a multiple of ${BLOCK} values, which those of ${model.id} cannot`
      : `a multiple of ${BLOCK} from ${least} to ${most}`;
  throw new NearfieldError('bad-input', `dimensions: expected ${expected}; got ${width}.`);
}
