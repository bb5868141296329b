/** What stands between the linear layers of a feed-forward block, told by what it does to numbers. */

import { addBias, linearAt, type FoundLinear } from './linear.ts';
import { erf } from './probe/erf.ts';
import { isElementwise } from './probe/elementwise.ts';
import { isMovement } from './probe/movement.ts';
import type { Probe } from './probe/run.ts';
import type { Value } from './probe/value.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

/** More nodes than any activation has. */
const MAX_NODES = 64;
const TOLERANCE = 1e-6;

/** The linear layers before a value, with only elementwise steps and movements between. */
function linearsBefore(view: GraphView, probe: Probe, name: string): FoundLinear[] {
  const found = new Map<string, FoundLinear>();
  const seen = new Set<string>();
  const open = [view.root(name)];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at) || view.constant(at) || probe.value(at)?.data) continue;
    seen.add(at);
    const linear = linearAt(view, at);
    const maker = view.maker(at);
    const passes = maker && (isElementwise(maker.op) || isMovement(maker.op));
    if (linear) found.set(linear.output, linear);
    else if (passes) open.push(...maker.node.inputs.map((input) => view.root(input)));
    if (seen.size > MAX_NODES || (!linear && !passes)) {
      unknown(`its feed-forward blocks contain a ${maker?.node.opType ?? 'graph input'}`);
    }
  }
  return [...found.values()];
}

/** silu(gate) * up: the layers in that order, or the one that gives both side by side. */
export function gatedUnit(view: GraphView, probe: Probe, name: string): readonly FoundLinear[] {
  const linears = linearsBefore(view, probe, name);
  const silu = (x: number) => x / (1 + Math.exp(-x));
  const [first, second] = linears;
  if (first && linears.length === 1) {
    const width = first.linear.outputs / 2;
    const fits = gives(view, probe, { linears, name, width }, (inputs, token, i) => {
      const [row] = inputs as [Float64Array];
      const start = token * 2 * width + i;
      return silu(row[start]!) * row[start + width]!;
    });
    if (fits) return linears;
  }
  if (first && second && linears.length === 2) {
    const { outputs } = first.linear;
    for (const order of [linears, [second, first]]) {
      const fits = gives(
        view,
        probe,
        { linears: order, name, width: outputs },
        (inputs, token, i) => {
          const [gate, up] = inputs as [Float64Array, Float64Array];
          return silu(gate[token * outputs + i]!) * up[token * outputs + i]!;
        },
      );
      if (fits) return order;
    }
  }
  return unknown('its feed-forward blocks are no SwiGLU');
}

/** The exact GELU of one layer. */
export function geluUnit(view: GraphView, probe: Probe, name: string): FoundLinear {
  const maker = view.maker(view.root(name));
  if (maker?.op === 'com.microsoft:BiasGelu') {
    const [input, bias] = maker.node.inputs;
    const found = linearAt(view, input!) ?? unknown('its GELU takes no linear layer');
    return { ...found, linear: addBias(view, found.linear, bias!) };
  }
  const linears = linearsBefore(view, probe, name);
  const [first] = linears;
  if (first && linears.length === 1) {
    const { outputs } = first.linear;
    const fits = gives(view, probe, { linears, name, width: outputs }, (inputs, token, i) => {
      const x = inputs[0]![token * outputs + i]!;
      return 0.5 * x * (1 + erf(x / Math.SQRT2));
    });
    if (fits) return first;
  }
  return unknown('its feed-forward blocks have another activation than the exact GELU');
}

interface Trial {
  linears: readonly FoundLinear[];
  name: string;
  width: number;
}

/** Whether the graph makes of some numbers what `expected` makes of them. */
function gives(
  view: GraphView,
  probe: Probe,
  { linears, name, width }: Trial,
  expected: (inputs: readonly Float64Array[], token: number, i: number) => number,
): boolean {
  const inputs = linears.map(({ linear }, n) => sample(probe.length, linear.outputs, n));
  const sources = new Map(linears.map(({ output }, n) => [output, inputs[n]!]));
  const [made] = probe.follow(sources, [view.root(name)]);
  if (made?.dims.join() !== [1, probe.length, width].join() || !made.data) return false;
  const data = inputs.map((input) => input.data!);
  return made.data.every((x, at) => {
    const y = expected(data, Math.floor(at / width), at % width);
    return Math.abs(x - y) <= TOLERANCE * (1 + Math.abs(y));
  });
}

/** Numbers between -4 and 4 in no order that a rearrangement would keep. */
function sample(tokens: number, width: number, seed: number): Value {
  const data = new Float64Array(tokens * width);
  let state = seed + 1;
  for (let i = 0; i < data.length; i++) {
    // A linear congruential generator, of numerical recipes' constants.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state / 2 ** 29 - 4;
  }
  return { dims: [1, tokens, width], integer: false, data };
}
