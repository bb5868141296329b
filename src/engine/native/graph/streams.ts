/** Sums of two values, as a transformer's residual stream is made of: an Add, or fused with a norm. */

import type { FoundLinear } from './linear.ts';
import { addBias, linearAt } from './linear.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

export interface Stream {
  /** The same for the same value, however it is reached. */
  id: string;
  /** Missing where the value is no sum. */
  terms?: readonly [string, string];
  /** Name of a constant that is added as well. */
  bias?: string;
}

const SKIPS = [
  'com.microsoft:SkipSimplifiedLayerNormalization',
  'com.microsoft:SkipLayerNormalization',
];
const SUM_OUTPUT = 3;

export function streamAt(view: GraphView, name: string): Stream {
  const root = view.root(name);
  const maker = view.maker(root);
  if (maker && isSkip(maker) && maker.output === SUM_OUTPUT) return skipStream(maker);
  if (maker?.op !== 'Add') return { id: root };
  const [a, b] = maker.node.inputs;
  return { id: root, terms: [a!, b!] };
}

export function isSkip(maker: Maker): boolean {
  return SKIPS.includes(maker.op);
}

/** What a norm that adds first adds. */
export function skipStream({ node, op, at }: Maker): Stream {
  const [a, b] = node.inputs;
  const bias = node.inputs[op.endsWith('SkipLayerNormalization') ? 4 : 3];
  return { id: `the sum in node ${at}`, terms: [a!, b!], ...(bias && { bias }) };
}

export interface Block {
  /** What the block adds to. */
  before: Stream;
  /** The last layer of what it adds. */
  branch: FoundLinear;
}

/** One of the two terms comes out of a linear layer, the other is the stream before. */
export function blockAt(view: GraphView, stream: Stream, what: string): Block {
  const terms = stream.terms ?? unknown(`${what} are not added to anything`);
  const found = terms.map((term) => linearAt(view, term));
  const at = found.findIndex((linear) => linear);
  const branch = found[at];
  if (!branch || found[1 - at]) unknown(`${what} cannot be told from what they are added to`);
  const { bias } = stream;
  const linear = bias ? addBias(view, branch.linear, bias) : branch.linear;
  return { before: streamAt(view, terms[1 - at]!), branch: { ...branch, linear } };
}
