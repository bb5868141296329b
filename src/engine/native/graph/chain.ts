/** Follows values backwards over nodes that only move them, and says where elements end up. */

import { isMovement } from './probe/movement.ts';
import { countOf, type Value } from './probe/value.ts';
import type { Probe } from './probe/run.ts';
import { unknown } from './unknown.ts';
import { opOf, type GraphView, type Maker } from './view.ts';

/** Longer chains are in no graph that this room knows. */
const MAX_STEPS = 64;
const SCALINGS = new Set(['Add', 'Div', 'Mul', 'Sub', 'Where']);

/**
 * The first value, from `name` backwards, for which `stop` is true. On the way are only movements,
 * casts, and sums and products with what the probe knows. `what` names the value in the reason.
 */
export function backTo(
  view: GraphView,
  probe: Probe,
  name: string,
  { stop, what }: { stop: (name: string) => boolean; what: string },
): string {
  let at = view.root(name);
  for (let step = 0; step < MAX_STEPS; step++) {
    if (stop(at)) return at;
    const maker = view.maker(at);
    const next = maker && onlySource(view, probe, maker);
    if (next === undefined) {
      unknown(`${what} of its attention come out of a ${maker?.node.opType ?? 'graph input'}`);
    }
    at = view.root(next);
  }
  return unknown(`${what} of its attention take too many steps`);
}

/** The one input that the probe cannot calculate: what flows. */
function onlySource(view: GraphView, probe: Probe, maker: Maker): string | undefined {
  const op = opOf(maker.node);
  if (!isMovement(op) && !SCALINGS.has(op)) return undefined;
  const flowing = maker.node.inputs.filter(
    (name) => name !== '' && !view.constant(name) && !probe.value(name)?.data,
  );
  return new Set(flowing).size === 1 ? flowing[0] : undefined;
}

/** A value whose every element is its own position, counted from 1. */
export function positions(dims: readonly number[]): Value {
  const data = new Float64Array(countOf(dims));
  for (let i = 0; i < data.length; i++) data[i] = i + 1;
  return { dims, integer: false, data };
}

/**
 * The factor by which every element of `value` is that of `positions` at `at(i)`; undefined when
 * something else happened to them.
 */
export function factorOf(
  value: Value | undefined,
  count: number,
  at: (i: number) => number,
): number | undefined {
  const data = value?.data;
  if (data?.length !== count || count === 0) return undefined;
  const factor = data[0]! / (at(0) + 1);
  const holds = data.every((x, i) => {
    const expected = factor * (at(i) + 1);
    return Math.abs(x - expected) <= 1e-9 * Math.abs(expected);
  });
  return holds && factor !== 0 && Number.isFinite(factor) ? factor : undefined;
}
