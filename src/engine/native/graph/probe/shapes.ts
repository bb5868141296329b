/** Operators of which the probe needs only the shape: their numbers come from weights. */

import type { OnnxNode } from '../../../../onnx/index.ts';
import { Settings } from '../settings.ts';
import { broadcast, type Value } from './value.ts';

type Shape = (dims: readonly (readonly number[])[], node: OnnxNode) => readonly Dims[];
type Dims = readonly number[] | undefined;

const same: Shape = ([x]) => [x];
/** The norm, mean and deviation (which nobody takes), and the sum of both inputs. */
const skip: Shape = ([x]) => [x, undefined, undefined, x];

const SHAPES: Readonly<Record<string, Shape>> = {
  LayerNormalization: same,
  MatMul: ([a, b]) => [product(a, b)],
  RMSNormalization: same,
  SimplifiedLayerNormalization: same,
  Softmax: same,
  'com.microsoft:BiasGelu': same,
  'com.microsoft:GatherBlockQuantized': ([, ids, scales], node) => [
    ids && scales && [...ids, (scales.at(-1) ?? 0) * new Settings(node).int('block_size', 128)],
  ],
  'com.microsoft:GroupQueryAttention': ([x, k], node) => [attended(x, k, node)],
  'com.microsoft:MatMulNBits': ([x], node) => [
    x && [...x.slice(0, -1), new Settings(node).int('N')],
  ],
  'com.microsoft:MultiHeadAttention': same,
  'com.microsoft:RotaryEmbedding': same,
  'com.microsoft:SkipLayerNormalization': skip,
  'com.microsoft:SkipSimplifiedLayerNormalization': skip,
};

export function isShapeOnly(op: string): boolean {
  return Object.hasOwn(SHAPES, op);
}

/** `inputs` as the node names them; undefined where one is left out. */
export function shapesAfter(
  op: string,
  inputs: readonly (Value | undefined)[],
  node: OnnxNode,
): readonly (Value | undefined)[] {
  const dims = inputs.map((input) => input?.dims) as (readonly number[])[];
  return SHAPES[op]!(dims, node).map((each) => each && { dims: each, integer: false });
}

function product(a: Dims, b: Dims): Dims {
  if (!a || !b || a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2)) return undefined;
  const outer = broadcast(a.slice(0, -2), b.slice(0, -2));
  return outer && [...outer, a.at(-2)!, b.at(-1)!];
}

/** Queries alone, or queries, keys and values side by side when the second input is left out. */
function attended(x: Dims, k: Dims, node: OnnxNode): Dims {
  if (!x || k) return x;
  const settings = new Settings(node);
  const heads = settings.int('num_heads');
  const all = heads + 2 * settings.int('kv_num_heads');
  return [...x.slice(0, -1), (x.at(-1)! / all) * heads];
}
