/** What a loader must know about a graph before it makes a session, from the graph file alone. */

import { dataTypeName, FLOAT16, storedBytes } from './dataTypes.ts';
import { intAttribute, type Dim, type OnnxGraph, type OnnxNode, type OnnxValue } from './model.ts';
import { readModel } from './read.ts';

export interface GraphValue {
  name: string;
  /** As ONNX Runtime's JavaScript names it: `float32`, `float16`, `int64`…; `unknown` for others. */
  elemType: string;
  /** Missing when the rank is unknown. */
  dims?: readonly Dim[];
}

export interface GraphFacts {
  inputs: readonly GraphValue[];
  outputs: readonly GraphValue[];
  /** How often each operator occurs, by `domain:op`; ONNX's own domain is written `ai.onnx`. */
  ops: Readonly<Record<string, number>>;
  /** Files that hold the weights, in the order of first use. */
  externalFiles: readonly string[];
  /** Largest initializer, as stored. */
  largestTensorBytes: number;
  /** It computes in float16, which WebGPU offers only with `shader-f16`. */
  needsShaderF16: boolean;
  /** Why ONNX Runtime's CPU / WASM provider cannot run it. */
  cpuRefuses?: string;
  /** Why it must not run on ONNX Runtime's WebGPU provider. */
  webgpuRefuses?: string;
}

/** Works on a graph whose weights lie elsewhere as well as on a file that holds them. */
export function inspectModel(bytes: Uint8Array): GraphFacts {
  const { graph } = readModel(bytes);
  const graphs = withSubgraphs(graph);
  const nodes = graphs.flatMap((each) => each.nodes);
  const tensors = graphs.flatMap((each) => each.initializers);
  const files = tensors.flatMap((tensor) => tensor.externalData?.location ?? []);
  const sizes = tensors.map((tensor) => storedBytes(tensor.dataType, tensor.dims) ?? 0);
  const cpuRefuses = whyNotCpu(nodes);
  const webgpuRefuses = whyNotWebgpu(nodes);
  return {
    inputs: graph.inputs.map(graphValue),
    outputs: graph.outputs.map(graphValue),
    ops: countOps(nodes),
    externalFiles: [...new Set(files)],
    largestTensorBytes: sizes.reduce((largest, size) => Math.max(largest, size), 0),
    needsShaderF16: graphs.some(computesInFloat16),
    ...(cpuRefuses !== undefined && { cpuRefuses }),
    ...(webgpuRefuses !== undefined && { webgpuRefuses }),
  };
}

function withSubgraphs(graph: OnnxGraph): OnnxGraph[] {
  const inner = graph.nodes
    .flatMap((node) => node.attributes)
    .flatMap((attribute) => (attribute.type === 'graph' ? withSubgraphs(attribute.value) : []));
  return [graph, ...inner];
}

function graphValue(value: OnnxValue): GraphValue {
  return {
    name: value.name,
    elemType: dataTypeName(value.elemType),
    ...(value.dims && { dims: value.dims }),
  };
}

function qualified(node: OnnxNode): string {
  return `${node.domain || 'ai.onnx'}:${node.opType}`;
}

function countOps(nodes: readonly OnnxNode[]): Record<string, number> {
  // Names come from the file; no prototype, so that `__proto__` is a name like any other.
  const ops = Object.create(null) as Record<string, number>;
  for (const node of nodes) ops[qualified(node)] = (ops[qualified(node)] ?? 0) + 1;
  return ops;
}

/**
 * True as soon as a float16 value flows between nodes. A float16 initializer that is only cast to
 * something wider does not count: ONNX Runtime folds that cast on the CPU when it loads the file.
 */
function computesInFloat16(graph: OnnxGraph): boolean {
  const half = graph.initializers.filter((tensor) => tensor.dataType === FLOAT16);
  const names = new Set(half.map((tensor) => tensor.name));
  return (
    [...graph.inputs, ...graph.outputs].some((value) => value.elemType === FLOAT16) ||
    graph.nodes.some((node) => makesFloat16(node) || takesFloat16(node, names))
  );
}

function makesFloat16(node: OnnxNode): boolean {
  if (node.opType === 'Cast') return intAttribute(node, 'to') === FLOAT16;
  return node.attributes.some(
    (attribute) => attribute.type === 'tensor' && attribute.value.dataType === FLOAT16,
  );
}

function takesFloat16(node: OnnxNode, names: ReadonlySet<string>): boolean {
  return node.opType !== 'Cast' && node.inputs.some((input) => names.has(input));
}

/** Positions of q_norm_weight and k_norm_weight among GroupQueryAttention's inputs. */
const GQA_NORM_WEIGHTS = [14, 15];

function whyNotCpu(nodes: readonly OnnxNode[]): string | undefined {
  const fused = nodes.some(
    (node) =>
      node.opType === 'GroupQueryAttention' &&
      GQA_NORM_WEIGHTS.some((position) => Boolean(node.inputs[position])),
  );
  if (!fused) return undefined;
  return (
    'its GroupQueryAttention nodes carry q_norm and k_norm weights, ' +
    'which only the WebGPU and CUDA providers accept (a file built with "-e webgpu")'
  );
}

/** Operators of integer quantisation without a kernel in onnxruntime-web 1.30's WebGPU provider. */
const NOT_ON_WEBGPU = new Set([
  'ai.onnx:ConvInteger',
  'ai.onnx:DynamicQuantizeLinear',
  'ai.onnx:MatMulInteger',
  'ai.onnx:QLinearMatMul',
  'ai.onnx:QuantizeLinear',
  'com.microsoft:DynamicQuantizeMatMul',
  'com.microsoft:MatMulIntegerToFloat',
  'com.microsoft:QAttention',
  'com.microsoft:QEmbedLayerNormalization',
  'com.microsoft:QGemm',
  'com.microsoft:QuantizeLinear',
]);

function whyNotWebgpu(nodes: readonly OnnxNode[]): string | undefined {
  const missing = [...new Set(nodes.map(qualified))].filter((op) => NOT_ON_WEBGPU.has(op));
  if (missing.length === 0) return undefined;
  const names = missing.map((op) => op.slice(op.indexOf(':') + 1)).sort();
  return (
    `ONNX Runtime's WebGPU provider has no ${names.join(', ')}: ` +
    'these would run on the CPU one by one, with copies between'
  );
}
