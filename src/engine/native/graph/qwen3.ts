/** Qwen3 and its siblings: a walk from the last norm back to the embedding. */

import { gatedUnit } from './activation.ts';
import { attentionAt } from './attentionAt.ts';
import type { Attention } from './attention.ts';
import type { FoundLinear } from './linear.ts';
import type { Linear, Norm, Qwen3Layer, Qwen3Model } from './model.ts';
import { normAt, type FoundNorm } from './norm.ts';
import type { Probe } from './probe/run.ts';
import { checkSizes, qkvOf, sharedInput } from './projection.ts';
import { sameRope } from './rotary.ts';
import { blockAt, type Stream } from './streams.ts';
import { lookupAt } from './table.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

type Shape = Pick<Qwen3Model, 'hidden' | 'heads' | 'kvHeads' | 'headDim' | 'ffn' | 'rope'>;

interface Found {
  layer: Qwen3Layer;
  shape: Shape;
  before: Stream;
}

/** `last` is the norm that makes the states. Throws `UnknownGraph`. */
export function qwen3(view: GraphView, probe: Probe, last: FoundNorm): Qwen3Model {
  const layers: Qwen3Layer[] = [];
  let shape: Shape | undefined;
  let stream = last.stream;
  while (stream.terms) {
    const found = layerBefore(view, probe, stream, last.width);
    if (shape && !sameShape(shape, found.shape)) unknown('its layers are not all of one shape');
    shape = found.shape;
    layers.unshift(found.layer);
    stream = found.before;
  }
  if (!shape) unknown('it has no layers');
  const found = lookupAt(view, stream.id);
  if (found?.rows !== 'input_ids') unknown('its first layer takes no embedding of the tokens');
  if (found.table.width !== shape.hidden) unknown(`its embedding is ${found.table.width} wide`);
  return { family: 'qwen3', ...shape, embedding: found.table, layers, finalNorm: last.norm };
}

function layerBefore(view: GraphView, probe: Probe, stream: Stream, hidden: number): Found {
  const fed = blockAt(view, stream, 'its feed-forward blocks');
  const gateUp = gatedUnit(view, probe, fed.branch.input);
  const postNorm = normOver(view, probe, gateUp, fed.before, hidden);
  const attended = blockAt(view, postNorm.stream, 'its attention blocks');
  const attention = attentionAt(view, probe, attended.branch.input);
  const qkv = qkvOf(attention.parts, attention.headDim);
  const inputNorm = normOver(view, probe, qkv, attended.before, hidden);
  const { linear: down } = fed.branch;
  const { linear: out } = attended.branch;
  const ffn = down.inputs;
  const layer: Qwen3Layer = {
    inputNorm: inputNorm.norm,
    qkv: plain(qkv),
    ...headNorms(attention),
    out: plain([attended.branch])[0]!,
    postNorm: postNorm.norm,
    gateUp: plain(gateUp),
    down: plain([fed.branch])[0]!,
  };
  const { heads, kvHeads, headDim } = attention;
  checkSizes(down, ffn, hidden, 'the last layer of a feed-forward block');
  if (gateUp.reduce((sum, { linear }) => sum + linear.outputs, 0) !== 2 * ffn)
    unknown('its feed-forward blocks are not as wide as their last layer');
  checkSizes(out, heads * headDim, hidden, 'the last layer of an attention block');
  const rope = attention.rope ?? unknown('its attention knows no positions: nothing is rotated');
  if (2 * rope.cos.dims[1]! !== headDim) unknown('it rotates only a part of each head');
  if (!attention.causal) unknown('its attention is not causal');
  return { layer, shape: { hidden, heads, kvHeads, headDim, ffn, rope }, before: inputNorm.stream };
}

/** The norm whose result the layers take; it must be one of the stream that is added to. */
function normOver(
  view: GraphView,
  probe: Probe,
  linears: readonly FoundLinear[],
  before: Stream,
  hidden: number,
): FoundNorm {
  const input = sharedInput(view, linears, 'the first layers of a block');
  const found = normAt(view, probe, input);
  if (found?.kind !== 'rms') unknown('one of its blocks does not begin with an RMS norm');
  if (found.stream.id !== before.id) unknown('one of its blocks is added to what it did not take');
  if (found.width !== hidden) unknown('its norms are not all of one width');
  const inputs = linears.every(({ linear }) => linear.inputs === hidden);
  if (!inputs) unknown('one of its layers does not take what its norm gives');
  return found;
}

function headNorms({ qNorm, kNorm }: Attention): { qNorm: Norm; kNorm: Norm } {
  if (!qNorm || !kNorm) unknown('the queries and keys of its attention are not normalised');
  return { qNorm, kNorm };
}

function plain(linears: readonly FoundLinear[]): Linear[] {
  if (linears.some(({ linear }) => linear.bias)) unknown('its linear layers have biases');
  return linears.map(({ linear }) => linear);
}

function sameShape(a: Shape, b: Shape): boolean {
  const sizes = ['heads', 'kvHeads', 'headDim', 'ffn'] as const;
  return sizes.every((size) => a[size] === b[size]) && sameRope(a.rope, b.rope);
}
