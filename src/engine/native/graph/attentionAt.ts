/** The attention that makes a value, in any of the forms that this room reads. */

import { backTo, factorOf, positions } from './chain.ts';
import type { Attention } from './attention.ts';
import { groupedAttention } from './grouped.ts';
import { multiHeadAttention } from './multiHead.ts';
import { plainAttention } from './plainAttention.ts';
import type { Probe } from './probe/run.ts';
import { unknown } from './unknown.ts';
import type { GraphView, Maker } from './view.ts';

const FORMS: Readonly<Record<string, (view: GraphView, probe: Probe, maker: Maker) => Attention>> =
  {
    'com.microsoft:GroupQueryAttention': groupedAttention,
    'com.microsoft:MultiHeadAttention': multiHeadAttention,
    MatMul: plainAttention,
  };

/** `name` is what the attention's output layer takes. Throws `UnknownGraph`. */
export function attentionAt(view: GraphView, probe: Probe, name: string): Attention {
  const what = 'the results';
  const stop = (value: string) => Object.hasOwn(FORMS, view.maker(value)?.op ?? '');
  const output = backTo(view, probe, name, { stop, what });
  const maker = view.maker(output)!;
  const found = FORMS[maker.op]!(view, probe, maker);
  const { heads, headDim } = found;
  const tokens = probe.length;
  // A plain product still has its heads apart.
  const apart = maker.op === 'MatMul';
  const dims = apart ? [1, heads, tokens, headDim] : [1, tokens, heads * headDim];
  const [arrived] = probe.follow(new Map([[output, positions(dims)]]), [view.root(name)]);
  const source = (i: number) => {
    if (!apart) return i;
    const [element, row] = [i % headDim, Math.floor(i / headDim)];
    return ((row % heads) * tokens + Math.floor(row / heads)) * headDim + element;
  };
  const whole = arrived?.dims.at(-1) === heads * headDim;
  if (!whole || factorOf(arrived, tokens * heads * headDim, source) !== 1) {
    unknown('the results of its attention are rearranged in an unknown way');
  }
  return found;
}
