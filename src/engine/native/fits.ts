/** Whether the kernels can take a model's shapes; what they cannot, ONNX Runtime runs. */

import { activationBlock, PANEL } from '../../kernels/index.ts';
import type { Linear, NativeModel } from './graph/model.ts';

/** Inputs that share a scale where unquantised weights are packed. */
export const DENSE_BLOCK = 32;

/** Why a model is not for the native runtime, as a sentence about "it" without its full stop. */
export function whyUnfit(model: NativeModel): string | undefined {
  const { hidden, heads, headDim, ffn } = model;
  const kvHeads = model.family === 'qwen3' ? model.kvHeads : heads;
  if (hidden % PANEL || headDim % PANEL || ffn % PANEL) {
    return `its sizes (${hidden} wide, heads of ${headDim}, ${ffn} in between) are not all multiples of ${PANEL}`;
  }
  if (heads % kvHeads) return `its ${heads} heads do not share ${kvHeads} key heads evenly`;
  const shared = model.layers.flatMap((layer): (readonly Linear[])[] => [
    layer.qkv,
    [layer.out],
    'gateUp' in layer ? layer.gateUp : [layer.up],
    [layer.down],
  ]);
  for (const linears of shared) {
    const why = whyUnfitLinears(linears);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Of linears that take the same rows: those are quantised once for all. */
function whyUnfitLinears(linears: readonly Linear[]): string | undefined {
  const blocks = new Set(linears.map(({ weight }) => activationBlock(blockOf(weight))));
  if (blocks.size > 1) return 'its linears of one input are quantised in blocks of unlike size';
  const odd = linears.find(({ inputs, weight }) => inputs % blockOf(weight));
  if (odd) return `it has a linear of ${odd.inputs} inputs, no multiple of ${blockOf(odd.weight)}`;
  return undefined;
}

function blockOf(weight: Linear['weight']): number {
  return weight.kind === 'blocks' ? weight.block : DENSE_BLOCK;
}
