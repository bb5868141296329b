/** com.microsoft's MultiHeadAttention: keys and values come repeated, causality as a bias. */

import { checkedParts, checkScale, type Attention } from './attention.ts';
import { maskOf } from './mask.ts';
import type { Probe } from './probe/run.ts';
import { projectionAt, type Order } from './projection.ts';
import { Settings } from './settings.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

/** The operator's inputs by position. */
const BIAS = 5;
const PAST = [6, 7];
/** A bias of the projections, a padding mask, and what only decoders take. */
const REFUSED = [3, 4, 8, 9];

export function multiHeadAttention(view: GraphView, probe: Probe, maker: Maker): Attention {
  const { node, output } = maker;
  const settings = new Settings(node).only(
    'mask_filter_value',
    'num_heads',
    'scale',
    'unidirectional',
  );
  const heads = settings.int('num_heads');
  const [q, k, v] = node.inputs;
  if (output !== 0) unknown('the keys of its attention are used as its result');
  if (!q || !k || !v)
    unknown('its MultiHeadAttention has its queries, keys and values in one input');
  const extra = REFUSED.find((position) => node.inputs[position]);
  if (extra !== undefined) unknown(`its MultiHeadAttention has an input ${extra}`);
  if (!PAST.every((at) => !node.inputs[at] || view.inputs.has(node.inputs[at]))) {
    unknown('its attention takes keys or values of earlier calls that are computed');
  }
  const dims = probe.value(q)?.dims;
  const headDim = (dims?.at(-1) ?? 0) / heads;
  if (dims?.length !== 3 || !Number.isInteger(headDim) || headDim < 2) {
    unknown(`its attention has ${heads} heads in queries of [${dims?.join(', ') ?? '?'}]`);
  }
  const part = (name: string, what: string) =>
    projectionAt(view, probe, { name, what, heads, headDim, order: orderOf(probe, name) });
  const parts = [part(q, 'the queries'), part(k, 'the keys'), part(v, 'the values')] as const;
  const scale = settings.float('scale', 0) || 1 / Math.sqrt(headDim);
  checkScale(scale * parts[0].factor * parts[1].factor, headDim);
  const causal = isCausal(probe, settings, node.inputs[BIAS]);
  return { ...checkedParts(parts, heads), heads, headDim, causal };
}

/** Keys and values may come with their heads apart. */
function orderOf(probe: Probe, name: string): Order {
  const apart = probe.value(name)?.dims.length === 4;
  return apart ? 'head, token, element' : 'token, head, element';
}

function isCausal(probe: Probe, settings: Settings, bias: string | undefined): boolean {
  settings.expectInt('unidirectional', 0, 1);
  const mask = bias ? maskOf(probe.value(bias), probe.length) : 'none';
  if (mask === 'other') unknown('its attention bias is neither causal nor empty');
  return mask === 'causal' || settings.int('unidirectional', 0) === 1;
}
