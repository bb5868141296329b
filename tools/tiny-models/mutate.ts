/** Small faults in a graph: what a broken exporter, or an attacker, might write. */

import { readModel, writeModel, type OnnxGraph, type OnnxNode } from '../../src/onnx/index.ts';
import { TYPES } from './graph.ts';

const OPS = ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Sigmoid', 'Tanh', 'Relu', 'Identity', 'Softmax'];
const INTEGERS = [-2, -1, 0, 1, 2, 3, 4, 7, 8, 16, 31, 32, 64, 128];
const FLOATS = [0, 1e-12, 1e-6, 1e-3, 0.125, 0.25, 0.5, 1, 1.702, 2, -1];

/** Picks one of several; a test hands in fast-check's choices. */
export type Choose = <T>(from: readonly T[]) => T;

type Mutation = (graph: OnnxGraph, choose: Choose) => void;

const MUTATIONS: readonly Mutation[] = [
  function dropNode(graph, choose) {
    const gone = choose(graph.nodes);
    graph.nodes = graph.nodes.filter((node) => node !== gone);
  },
  function bypassNode(graph, choose) {
    const gone = choose(graph.nodes.filter(({ inputs }) => inputs.length > 0));
    const kept = choose(gone.inputs);
    graph.nodes = graph.nodes.filter((node) => node !== gone);
    replaceInputs(graph, (name) => (name === gone.outputs[0] ? kept : name));
  },
  function swapInputs(graph, choose) {
    const { inputs } = choose(graph.nodes.filter(({ inputs }) => inputs.length > 1));
    const [a, b] = [choose([...inputs.keys()]), choose([...inputs.keys()])];
    [inputs[a], inputs[b]] = [inputs[b]!, inputs[a]!];
  },
  function rewire(graph, choose) {
    const at = choose([...graph.nodes.keys()]);
    const { inputs } = graph.nodes[at]!;
    if (inputs.length === 0) return;
    inputs[choose([...inputs.keys()])] = choose(namesBefore(graph, at));
  },
  function leaveOutInput(graph, choose) {
    const { inputs } = choose(graph.nodes.filter(({ inputs }) => inputs.length > 1));
    inputs[choose([...inputs.keys()])] = '';
  },
  function addInput(graph, choose) {
    const at = choose([...graph.nodes.keys()]);
    graph.nodes[at]!.inputs.push(choose(namesBefore(graph, at)));
  },
  function changeAttribute(graph, choose) {
    const node = choose(graph.nodes.filter(({ attributes }) => attributes.length > 0));
    const attribute = choose(node.attributes);
    if (attribute.type === 'int') attribute.value = BigInt(choose(INTEGERS));
    else if (attribute.type === 'float') attribute.value = choose(FLOATS);
    else if (attribute.type === 'ints') attribute.value = [...attribute.value].reverse();
    else node.attributes = node.attributes.filter((each) => each !== attribute);
  },
  function dropAttribute(graph, choose) {
    const node = choose(graph.nodes.filter(({ attributes }) => attributes.length > 0));
    const gone = choose(node.attributes);
    node.attributes = node.attributes.filter((attribute) => attribute !== gone);
  },
  function changeOperator(graph, choose) {
    choose(graph.nodes).opType = choose([...OPS, ...graph.nodes.map(({ opType }) => opType)]);
  },
  function swapOutputs(graph, choose) {
    const many = graph.nodes.filter(({ outputs }) => outputs.length > 1);
    if (many.length > 0) choose(many).outputs.reverse();
  },
  function swapConstants(graph, choose) {
    const [a, b] = [choose(graph.initializers), choose(graph.initializers)];
    replaceInputs(graph, (name) => (name === a.name ? b.name : name === b.name ? a.name : name));
  },
  function turnConstant(graph, choose) {
    choose(graph.initializers).dims.reverse();
  },
  function changeNumber(graph, choose) {
    const small = ({ dims }: { dims: number[] }) => dims.reduce((a, b) => a * b, 1) <= 8;
    const tensor = choose(graph.initializers.filter(small));
    const bytes = tensor.rawData!.slice();
    const view = new DataView(bytes.buffer);
    if (tensor.dataType === TYPES.int64) {
      const at = choose(Array.from({ length: bytes.length / 8 }, (_, i) => 8 * i));
      view.setBigInt64(at, BigInt(choose(INTEGERS)), true);
    } else if (tensor.dataType === TYPES.float32) view.setFloat32(0, choose(FLOATS), true);
    tensor.rawData = bytes;
  },
];

export const MUTATION_COUNT = MUTATIONS.length;

/** The graph with the fault of that number, or as it was where there is no place for it. */
export function mutate(file: Uint8Array, which: number, choose: Choose): Uint8Array {
  const model = readModel(file);
  MUTATIONS[which]!(model.graph, choose);
  return writeModel(model);
}

function replaceInputs(graph: OnnxGraph, change: (name: string) => string): void {
  for (const node of graph.nodes) node.inputs = node.inputs.map(change);
}

function namesBefore(graph: OnnxGraph, at: number): string[] {
  const made = graph.nodes.slice(0, at).flatMap((node: OnnxNode) => node.outputs);
  const given = [...graph.inputs, ...graph.initializers].map(({ name }) => name);
  return [...made, ...given].filter((name) => name !== '');
}
