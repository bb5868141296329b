/** BERT and XLM-R: a walk from the last norm back to the embeddings. */

import { geluUnit } from './activation.ts';
import { attentionAt } from './attentionAt.ts';
import { bertEmbeddings } from './bertEmbeddings.ts';
import type { BertLayer, BertModel, Norm } from './model.ts';
import { normAt, type FoundNorm } from './norm.ts';
import type { Probe } from './probe/run.ts';
import { checkSizes, qkvOf, sharedInput } from './projection.ts';
import { blockAt } from './streams.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

type Shape = Pick<BertModel, 'hidden' | 'heads' | 'headDim' | 'ffn'>;

/** The same positions seen in two texts of different lengths. */
export type Probes = readonly [Probe, Probe];

/** `last` is the norm that makes the states. Throws `UnknownGraph`. */
export function bert(view: GraphView, probes: Probes, last: FoundNorm): BertModel {
  const [probe] = probes;
  const hidden = last.width;
  const layers: BertLayer[] = [];
  let shape: Shape | undefined;
  let norm = last;
  while (blockIsLayer(view, norm)) {
    const found = layerBefore(view, probe, norm, hidden);
    if (shape && !sameShape(shape, found.shape)) unknown('its layers are not all of one shape');
    shape = found.shape;
    layers.unshift(found.layer);
    norm = found.before;
  }
  if (!shape) unknown('it has no layers');
  const embeddings = bertEmbeddings(view, probes, norm.stream, hidden);
  return { family: 'bert', ...shape, ...embeddings, embeddingNorm: biased(norm), layers };
}

/** Embeddings are sums too, but of look-ups. */
function blockIsLayer(view: GraphView, { stream }: FoundNorm): boolean {
  const sum = stream.terms ?? unknown('one of its norms takes no sum');
  const lookups = ['Gather', 'Slice', 'Add', 'com.microsoft:GatherBlockQuantized'];
  return !sum.every((term) => {
    const root = view.root(term);
    return view.constants.has(root) || isEmbedding(view, root, lookups);
  });
}

/**
 * An Add counts when it is a sum of look-ups again, or a constant. What was `seen` is not gone
 * through again: a hostile graph may add a sum to itself many times over.
 */
function isEmbedding(
  view: GraphView,
  name: string,
  lookups: readonly string[],
  seen = new Set<string>(),
): boolean {
  const root = view.root(name);
  if (view.constants.has(root) || seen.has(root)) return true;
  seen.add(root);
  const maker = view.maker(root);
  if (!maker) return false;
  if (maker.op === 'Add')
    return maker.node.inputs.every((each) => isEmbedding(view, each, lookups, seen));
  return lookups.includes(maker.op) || SPREADS.has(maker.op);
}

const SPREADS = new Set(['Unsqueeze', 'Squeeze', 'Expand', 'Reshape']);

function layerBefore(view: GraphView, probe: Probe, last: FoundNorm, hidden: number) {
  const fed = blockAt(view, last.stream, 'its feed-forward blocks');
  const up = geluUnit(view, probe, fed.branch.input);
  const middle = normBefore(view, probe, view.root(up.input), fed.before.id);
  const attended = blockAt(view, middle.stream, 'its attention blocks');
  const attention = attentionAt(view, probe, attended.branch.input);
  const { heads, kvHeads, headDim } = attention;
  const qkv = qkvOf(attention.parts, headDim);
  const input = sharedInput(view, qkv, 'queries, keys and values');
  const before = normBefore(view, probe, input, attended.before.id);
  const ffn = up.linear.outputs;
  checkSizes(up.linear, hidden, ffn, 'the first layer of a feed-forward block');
  checkSizes(fed.branch.linear, ffn, hidden, 'the last layer of a feed-forward block');
  checkSizes(attended.branch.linear, hidden, hidden, 'the last layer of an attention block');
  if (qkv.some(({ linear }) => linear.inputs !== hidden))
    unknown('a projection is not as wide as its input');
  if (kvHeads !== heads || heads * headDim !== hidden) unknown('its heads do not fill its width');
  if (attention.causal) unknown('its attention is causal');
  if (attention.rope || attention.qNorm || attention.kNorm) {
    unknown('its queries and keys are rotated or normalised');
  }
  const layer: BertLayer = {
    qkv: qkv.map(({ linear }) => linear),
    out: attended.branch.linear,
    attentionNorm: biased(middle),
    up: up.linear,
    down: fed.branch.linear,
    outputNorm: biased(last),
  };
  return { layer, shape: { hidden, heads, headDim, ffn }, before };
}

/** A block takes the result of a norm and is added to that same result. */
function normBefore(view: GraphView, probe: Probe, input: string, addedTo: string): FoundNorm {
  if (input !== addedTo) unknown('one of its blocks is added to what it did not take');
  const found = normAt(view, probe, input);
  return found?.kind === 'layer' ? found : unknown('one of its blocks follows no layer norm');
}

function biased({ norm }: FoundNorm): Norm {
  return norm.bias ? norm : unknown('one of its layer norms has no bias');
}

function sameShape(a: Shape, b: Shape): boolean {
  const sizes = ['hidden', 'heads', 'headDim', 'ffn'] as const;
  return sizes.every((size) => a[size] === b[size]);
}
