/** Attention in single steps: two products with a softmax between them. */

import { backTo, factorOf, positions } from './chain.ts';
import { checkedParts, checkScale, type Attention } from './attention.ts';
import { maskOf } from './mask.ts';
import type { Probe } from './probe/run.ts';
import { countOf } from './probe/value.ts';
import { projectionAt } from './projection.ts';
import { Settings } from './settings.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

/** `maker` is the second product, of weights and values. */
export function plainAttention(view: GraphView, probe: Probe, { node }: Maker): Attention {
  const [weights, values] = node.inputs;
  const isSoftmax = (name: string) => view.maker(name)?.op === 'Softmax';
  const softened = backToNode(view, probe, weights!, isSoftmax);
  const softmax = view.maker(softened)!.node;
  checkSoftmax(view, probe, softmax.inputs[0]!, new Settings(softmax));
  checkUnchanged(probe, softened, view.root(weights!));
  const isProduct = (name: string) => view.maker(name)?.op === 'MatMul';
  const scores = backToNode(view, probe, softmax.inputs[0]!, isProduct);
  const [queries, keys] = view.maker(scores)!.node.inputs;
  const dims = probe.value(queries!)?.dims ?? [];
  const [one, heads, , headDim] = dims;
  if (dims.length !== 4 || one !== 1 || !heads || !headDim) {
    unknown(`its attention multiplies queries of [${dims.join(', ')}]`);
  }
  const part = (name: string, what: string, order: Parameters<typeof projectionAt>[2]['order']) =>
    projectionAt(view, probe, { name, what, heads, headDim, order });
  const parts = [
    part(queries!, 'the queries', 'head, token, element'),
    part(keys!, 'the keys', 'head, element, token'),
    part(values!, 'the values', 'head, token, element'),
  ] as const;
  const { factor, causal } = scoring(probe, scores, softmax.inputs[0]!, heads);
  checkScale(factor * parts[0].factor * parts[1].factor, headDim);
  return { ...checkedParts(parts, heads), heads, headDim, causal };
}

function backToNode(
  view: GraphView,
  probe: Probe,
  name: string,
  stop: (name: string) => boolean,
): string {
  return backTo(view, probe, name, { stop, what: 'the scores' });
}

function checkSoftmax(view: GraphView, probe: Probe, input: string, settings: Settings): void {
  const rank = probe.value(input)?.dims.length ?? 0;
  settings.only('axis');
  // Before opset 13 the default was another axis.
  if (view.opset < 13) settings.int('axis');
  settings.expectInt('axis', -1, rank - 1);
}

/** Between softmax and values may stand a guard against NaN, but nothing that does anything. */
function checkUnchanged(probe: Probe, from: string, to: string): void {
  const dims = probe.value(from)?.dims ?? [];
  const [arrived] = probe.follow(new Map([[from, positions(dims)]]), [to]);
  if (from !== to && factorOf(arrived, countOf(dims), (i) => i) !== 1) {
    unknown('the weights of its attention are changed after the softmax');
  }
}

/** What happens to scores before the softmax: a factor and a mask. */
function scoring(
  probe: Probe,
  scores: string,
  softened: string,
  heads: number,
): { factor: number; causal: boolean } {
  const tokens = probe.length;
  const dims = [1, heads, tokens, tokens];
  const zeros = { dims, integer: false, data: new Float64Array(countOf(dims)) };
  const [bias] = probe.follow(new Map([[scores, zeros]]), [softened]);
  const mask = scores === softened ? 'none' : maskOf(bias, tokens);
  const [arrived] = probe.follow(new Map([[scores, positions(dims)]]), [softened]);
  const seen = arrived?.data?.map((x, i) =>
    mask === 'causal' && i % tokens > Math.floor(i / tokens) % tokens ? NaN : x,
  );
  const factor = seen && seen.length === countOf(dims) ? sharedFactor(seen) : undefined;
  if (mask === 'other' || factor === undefined) {
    unknown('the scores of its attention are changed in an unknown way');
  }
  return { factor, causal: mask === 'causal' };
}

/** Of all that is not hidden (NaN). */
function sharedFactor(seen: Float64Array): number | undefined {
  const factor = seen[0]!;
  const holds = seen.every(
    (x, i) => Number.isNaN(x) || Math.abs(x - factor * (i + 1)) <= 1e-9 * Math.abs(x),
  );
  return holds && factor > 0 ? factor : undefined;
}
