/** RotaryEmbedding nodes, and the cosine and sine tables that they and GroupQueryAttention take. */

import type { OnnxNode } from '../../../onnx/index.ts';
import { ofFloats } from './linear.ts';
import type { Qwen3Model, TensorRef } from './model.ts';
import type { Probe } from './probe/run.ts';
import type { Value } from './probe/value.ts';
import { Settings } from './settings.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

export type Rope = Qwen3Model['rope'];

export interface Rotation {
  node: OnnxNode;
  input: string;
  rope: Rope;
  /** Whether a value lies as this node takes it: its tokens and heads where it looks for them. */
  fits(value: Value | undefined, tokens: number, heads: number, headDim: number): boolean;
}

/** The rotation that makes a value; undefined when another kind of node does. */
export function rotationAt(view: GraphView, probe: Probe, name: string): Rotation | undefined {
  const maker = view.maker(view.root(name));
  if (maker?.op !== 'com.microsoft:RotaryEmbedding') return undefined;
  const { node } = maker;
  const [input, at, cos, sin] = node.inputs;
  const settings = new Settings(node);
  settings.only('interleaved', 'is_packed_batching', 'num_heads', 'rotary_embedding_dim', 'scale');
  settings.expectInt('interleaved', 0);
  settings.expectInt('is_packed_batching', 0);
  settings.expectFloat('scale', 1);
  if (!countsTokens(probe, at!)) unknown('its rotary positions do not count the tokens from 0');
  const rope = ropeOf(view, cos, sin);
  const width = 2 * rope.cos.dims[1]!;
  settings.expectInt('rotary_embedding_dim', 0, width);
  const named = settings.int('num_heads', 0);
  const fits: Rotation['fits'] = (value, tokens, heads, headDim) => {
    if (!value?.data || width !== headDim || (named !== 0 && named !== heads)) return false;
    const apart = value.dims.length === 4;
    const expected = apart ? [1, heads, tokens, headDim] : [1, tokens, heads * headDim];
    return (
      value.dims.join() === expected.join() && liesSo(value.data, { tokens, heads, headDim, apart })
    );
  };
  return { node, input: input!, rope, fits };
}

/** Tokens one after the other, or heads one after the other where they lie `apart`. */
function liesSo(
  data: Float64Array,
  {
    tokens,
    heads,
    headDim,
    apart,
  }: { tokens: number; heads: number; headDim: number; apart: boolean },
): boolean {
  const stride = tokens > 1 ? data[apart ? headDim : heads * headDim]! - data[0]! : 0;
  return data.every((x, i) => {
    const element = i % headDim;
    const row = Math.floor(i / headDim);
    const [head, token] = apart
      ? [Math.floor(row / tokens), row % tokens]
      : [row % heads, Math.floor(row / heads)];
    return x === data[0]! + token * stride + head * headDim + element;
  });
}

export function ropeOf(view: GraphView, cos: string | undefined, sin: string | undefined): Rope {
  const tables = [cos, sin].map((name) => {
    const tensor = view.constant(name) ?? unknown('its rotary tables are computed');
    return ofFloats(view.refOf(tensor));
  });
  const [first, second] = tables as [Rope['cos'], Rope['sin']];
  if (first.dims.length !== 2 || first.dims.join() !== second.dims.join()) {
    unknown('its rotary tables are no two matrices of one shape');
  }
  return { cos: first, sin: second, positions: first.dims[0]! };
}

/** 0, 1, 2… for each token; or where they start, which is at 0. */
export function countsTokens(probe: Probe, name: string): boolean {
  const numbers = probe.numbers(name);
  const start = numbers?.length === 1 && probe.value(name)!.dims.length === 1;
  return (
    numbers !== undefined &&
    (start || numbers.length === probe.length) &&
    numbers.every((position, i) => position === i)
  );
}

export function sameRope(a: Rope, b: Rope): boolean {
  return sameRef(a.cos, b.cos) && sameRef(a.sin, b.sin);
}

function sameRef(a: TensorRef, b: TensorRef): boolean {
  return a.file === b.file && a.offset === b.offset && a.length === b.length && a.dtype === b.dtype;
}
