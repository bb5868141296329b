/** Linear layers: MatMulNBits or a MatMul with a constant, and a bias added after it. */

import type { OnnxNode } from '../../../onnx/index.ts';
import type { Linear, TensorRef, Weight } from './model.ts';
import { Settings } from './settings.ts';
import { countOf } from './probe/value.ts';
import { unknown } from './unknown.ts';
import type { GraphView } from './view.ts';

export interface FoundLinear {
  linear: Linear;
  /** The value it takes. */
  input: string;
  /** The value it gives, bias included. */
  output: string;
}

export const BLOCKS = [16, 32, 64, 128];

/** The linear layer that makes a value; undefined when another kind of node does. */
export function linearAt(view: GraphView, name: string): FoundLinear | undefined {
  const output = view.root(name);
  const maker = view.maker(output);
  if (!maker) return undefined;
  if (maker.op === 'com.microsoft:MatMulNBits') return { ...quantised(view, maker.node), output };
  if (maker.op === 'MatMul') {
    const found = dense(view, maker.node);
    return found && { ...found, output };
  }
  return maker.op === 'Add' ? withBias(view, maker.node, output) : undefined;
}

function withBias(view: GraphView, node: OnnxNode, output: string): FoundLinear | undefined {
  for (const [value, other] of [node.inputs, [...node.inputs].reverse()]) {
    if (!view.constant(other)) continue;
    const found = linearAt(view, value!);
    return found && { ...found, linear: addBias(view, found.linear, other!), output };
  }
  return undefined;
}

/** The same with a bias that another node adds. */
export function addBias(view: GraphView, linear: Linear, name: string): Linear {
  const tensor = view.constant(name) ?? unknown('one of its linear layers has a computed bias');
  if (linear.bias) unknown('one of its linear layers has two biases');
  return { ...linear, bias: floatRef(view.refOf(tensor), linear.outputs) };
}

/** A constant of `count` floats in one row. */
export function floatRef(ref: TensorRef, count: number): TensorRef {
  const row = ref.dims.at(-1) === count && countOf(ref.dims) === count;
  if (!row) unknown(`it has a tensor of [${ref.dims.join(', ')}] where ${count} values belong`);
  return ofFloats(ref);
}

export function ofFloats(ref: TensorRef): TensorRef {
  if (ref.dtype === 'float32' || ref.dtype === 'float16') return ref;
  return unknown(`it has ${ref.dtype} where float32 or float16 belongs`);
}

function dense(view: GraphView, node: OnnxNode): Omit<FoundLinear, 'output'> | undefined {
  const [input, weight] = node.inputs;
  const { name, turned } = beforeTranspose(view, weight!);
  const tensor = view.constants.get(name);
  if (!tensor) return undefined;
  new Settings(node).only();
  const data = ofFloats(view.refOf(tensor));
  const [rows, columns] = data.dims;
  if (data.dims.length !== 2) unknown('one of its MatMul weights is no matrix');
  const [inputs, outputs] = turned ? [columns!, rows!] : [rows!, columns!];
  const linear: Linear = { outputs, inputs, weight: { kind: 'dense', data, transposed: !turned } };
  return { linear, input: input! };
}

/** Some exporters leave the weight as torch holds it and turn it in the graph. */
function beforeTranspose(view: GraphView, weight: string): { name: string; turned: boolean } {
  const name = view.root(weight);
  const maker = view.maker(name);
  if (maker?.op !== 'Transpose') return { name, turned: false };
  const perm = new Settings(maker.node).ints('perm') ?? [1, 0];
  if (perm.join() !== '1,0') return { name, turned: false };
  return { name: view.root(maker.node.inputs[0]!), turned: true };
}

/** Inputs after the weight, in the operator's order. */
interface Extras {
  scales: string | undefined;
  zeros: string | undefined;
  order: string | undefined;
  bias: string | undefined;
}

function quantised(view: GraphView, node: OnnxNode): Omit<FoundLinear, 'output'> {
  const settings = new Settings(node);
  // accuracy_level lets ONNX Runtime round the activations; it says nothing about the weights.
  settings.only('K', 'N', 'bits', 'block_size', 'accuracy_level', 'weight_prepacked');
  settings.expectInt('weight_prepacked', 0);
  settings.expectInt('bits', 4, 8);
  const [inputs, outputs] = [settings.int('K'), settings.int('N')];
  const [input, data, scales, zeros, order, bias] = node.inputs;
  if (order) unknown('its MatMulNBits has its inputs in an order of their own (g_idx)');
  const block = settings.int('block_size');
  const shape = { outputs, inputs, block, bits: settings.int('bits', 4) as 4 | 8 };
  const weight = blocks(view, data!, { scales, zeros, order, bias }, shape);
  const linear: Linear = { outputs, inputs, weight };
  return { linear: bias ? addBias(view, linear, bias) : linear, input: input! };
}

interface BlockShape {
  outputs: number;
  inputs: number;
  block: number;
  bits: 4 | 8;
}

function blocks(view: GraphView, name: string, extras: Extras, shape: BlockShape): Weight {
  const { outputs, inputs, block, bits } = shape;
  const count = inputs / block;
  const sizes = [outputs, count].every((size) => Number.isSafeInteger(size) && size > 0);
  if (!BLOCKS.includes(block) || !sizes) {
    unknown(`its MatMulNBits has ${inputs} inputs in blocks of ${block}`);
  }
  const data = bytesRef(view, name, [outputs, count, (block / 8) * bits]);
  const scales = ofFloats(shapedRef(view, extras.scales, [outputs, count]));
  const { zeros } = extras;
  const packed = [outputs, Math.ceil((count * bits) / 8)];
  return {
    kind: 'blocks',
    bits,
    block,
    data,
    scales,
    ...(zeros && { zeros: bytesRef(view, zeros, packed) }),
  };
}

function bytesRef(view: GraphView, name: string, dims: readonly number[]): TensorRef {
  const ref = shapedRef(view, name, dims);
  if (ref.dtype !== 'uint8') unknown(`it has ${ref.dtype} weights or zero points, not uint8`);
  return ref;
}

/** A constant of these dimensions; those of scales and zero points may be written as one. */
export function shapedRef(
  view: GraphView,
  name: string | undefined,
  dims: readonly number[],
): TensorRef {
  const tensor = view.constant(name) ?? unknown('some of its quantised weights are computed');
  const ref = view.refOf(tensor);
  const flat = dims.length === 2 && ref.dims.join() === String(countOf(dims));
  if (!flat && ref.dims.join() !== dims.join()) {
    unknown(`it has a weight of [${ref.dims.join(', ')}] where [${dims.join(', ')}] belongs`);
  }
  return ref;
}
