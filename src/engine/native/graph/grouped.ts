/** com.microsoft's GroupQueryAttention, as onnxruntime-genai's builder uses it. */

import { checkScale, type Attention } from './attention.ts';
import { floatRef } from './linear.ts';
import type { Norm } from './model.ts';
import { checkedEpsilon } from './norm.ts';
import type { Probe } from './probe/run.ts';
import { projectionAt, type Projection } from './projection.ts';
import { countsTokens, ropeOf, type Rope } from './rotary.ts';
import { Settings } from './settings.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

/** The operator's inputs by position. */
const PAST_KEYS = 3;
const PAST_VALUES = 4;
const LAST_KEY = 5;
const TOTAL_LENGTH = 6;
const COS = 7;
const SIN = 8;
const POSITIONS = 9;
const Q_NORM = 14;
const K_NORM = 15;
/** A bias, sinks, and scales of quantised keys and values. */
const REFUSED = [10, 11, 12, 13];

const SETTINGS = [
  'do_rotary',
  'k_quant_type',
  'kv_cache_bit_width',
  'kv_num_heads',
  'local_window_size',
  'num_heads',
  'qk_norm_epsilon',
  'qk_output',
  'rotary_interleaved',
  'scale',
  'smooth_softmax',
  'softcap',
  'v_quant_type',
];

export function groupedAttention(view: GraphView, probe: Probe, maker: Maker): Attention {
  const { node } = maker;
  const settings = new Settings(node).only(...SETTINGS);
  const [heads, kvHeads] = [settings.int('num_heads'), settings.int('kv_num_heads')];
  if (maker.output !== 0) unknown('the keys of its attention are used as its result');
  if (!(heads > 0 && kvHeads > 0 && heads % kvHeads === 0)) {
    unknown(`its attention has ${heads} heads and ${kvHeads} of keys`);
  }
  checkUsual(settings);
  checkInputs(view, probe, node.inputs);
  const parts = partsOf(view, probe, node.inputs, { heads, kvHeads });
  const headDim = headDimOf(probe, node.inputs, { heads, kvHeads });
  checkScale(settings.float('scale', 0) || 1 / Math.sqrt(headDim), headDim);
  const rope = settings.int('do_rotary', 0)
    ? ropeOf(view, node.inputs[COS], node.inputs[SIN])
    : undefined;
  return {
    heads,
    kvHeads,
    headDim,
    parts,
    causal: true,
    ...normsOf(view, settings, { inputs: node.inputs, parts, headDim }),
    ...rotationOf(parts, rope),
  };
}

function checkUsual(settings: Settings): void {
  settings.expectInt('do_rotary', 0, 1);
  settings.expectInt('rotary_interleaved', 0);
  settings.expectInt('local_window_size', -1);
  settings.expectInt('smooth_softmax', -1, 0);
  settings.expectInt('kv_cache_bit_width', 0);
  settings.expectInt('qk_output', 0);
  settings.expectFloat('softcap', 0);
  for (const name of ['k_quant_type', 'v_quant_type']) {
    const type = settings.text(name, 'NONE');
    if (type !== 'NONE') unknown(`its GroupQueryAttention has ${name} = ${type}`);
  }
}

function checkInputs(view: GraphView, probe: Probe, inputs: readonly string[]): void {
  const number = (at: number) => probe.numbers(inputs[at] ?? '')?.join();
  const past = [PAST_KEYS, PAST_VALUES].map((at) => inputs[at]);
  if (!past.every((name) => !name || view.inputs.has(name))) {
    unknown('its attention takes keys or values of earlier calls that are computed');
  }
  if (
    number(LAST_KEY) !== String(probe.length - 1) ||
    number(TOTAL_LENGTH) !== String(probe.length)
  ) {
    unknown('its GroupQueryAttention counts its keys in an unknown way');
  }
  const at = inputs[POSITIONS];
  if (at && !countsTokens(probe, at)) unknown('its positions do not count the tokens from 0');
  const extra = REFUSED.find((position) => inputs[position]);
  if (extra !== undefined) unknown(`its GroupQueryAttention has an input ${extra}`);
}

interface Heads {
  heads: number;
  kvHeads: number;
}

/** Queries, keys and values in one input, or each in its own. */
function isPacked(inputs: readonly string[]): boolean {
  return !inputs[1] && !inputs[2];
}

function headDimOf(probe: Probe, inputs: readonly string[], { heads, kvHeads }: Heads): number {
  const width = probe.value(inputs[0]!)?.dims.at(-1) ?? 0;
  const headDim = width / (isPacked(inputs) ? heads + 2 * kvHeads : heads);
  return Number.isInteger(headDim) && headDim > 0 && headDim % 2 === 0
    ? headDim
    : unknown(`its attention has ${heads} heads in ${width} queries`);
}

function partsOf(
  view: GraphView,
  probe: Probe,
  inputs: readonly string[],
  counts: Heads,
): Attention['parts'] {
  const { heads, kvHeads } = counts;
  const headDim = headDimOf(probe, inputs, counts);
  const order = 'token, head, element';
  const part = (name: string, what: string, own: number) =>
    projectionAt(view, probe, { name, what, heads: own, headDim, order });
  if (!isPacked(inputs)) {
    const [q, k, v] = inputs;
    if (!k || !v) unknown('its GroupQueryAttention has keys without values');
    return exact(
      [
        part(q!, 'the queries', heads),
        part(k, 'the keys', kvHeads),
        part(v, 'the values', kvHeads),
      ],
      counts,
    );
  }
  const all = part(inputs[0]!, 'the queries, keys and values', heads + 2 * kvHeads);
  // One input cannot be normed or rotated in part, so its heads are those of the linear layer.
  if (all.norm || all.rotation) unknown('its fused queries, keys and values are normalised as one');
  const from = (skipped: number, own: number): Projection => ({
    ...all,
    column: all.column + skipped * headDim,
    heads: own,
  });
  if (all.heads !== heads + 2 * kvHeads) unknown('its fused queries, keys and values repeat');
  return exact([from(0, heads), from(heads, kvHeads), from(heads + kvHeads, kvHeads)], counts);
}

function exact(parts: Attention['parts'], { heads, kvHeads }: Heads): Attention['parts'] {
  const [q, k, v] = parts;
  const plain = parts.every(({ factor }) => factor === 1);
  return plain && q.heads === heads && k.heads === kvHeads && v.heads === kvHeads
    ? parts
    : unknown('the queries, keys or values of its attention are scaled or repeated');
}

/** As nodes before the attention, or as inputs of it; not both. */
function normsOf(
  view: GraphView,
  settings: Settings,
  {
    inputs,
    parts,
    headDim,
  }: { inputs: readonly string[]; parts: Attention['parts']; headDim: number },
): { qNorm?: Norm; kNorm?: Norm } {
  const [q, k, v] = parts;
  if (v.norm) unknown('the values of its attention are normalised');
  const given = [inputs[Q_NORM], inputs[K_NORM]];
  const nodes = { ...(q.norm && { qNorm: q.norm }), ...(k.norm && { kNorm: k.norm }) };
  if (!given.some(Boolean)) return nodes;
  if (q.norm || k.norm) unknown('the queries or keys of its attention are normalised twice');
  const eps = checkedEpsilon(settings.float('qk_norm_epsilon', 1e-6));
  const [qNorm, kNorm] = given.map((name): Norm => {
    const tensor = view.constant(name) ?? unknown('a norm of its attention is missing or computed');
    return { weight: floatRef(view.refOf(tensor), headDim), eps };
  });
  return { qNorm: qNorm!, kNorm: kNorm! };
}

/** Inside the attention, or by nodes before it; not both. */
function rotationOf(parts: Attention['parts'], inside: Rope | undefined): { rope?: Rope } {
  const outside = parts.some(({ rotation }) => rotation);
  if (outside) unknown('it rotates before GroupQueryAttention');
  return inside ? { rope: inside } : {};
}
