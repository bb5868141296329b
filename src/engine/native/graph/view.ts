/** A graph by its values: who makes each, which are constants, which come from outside. */

import { NearfieldError } from '../../../contract/errors.ts';
import {
  readModel,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from '../../../onnx/index.ts';
import type { TensorRef } from './model.ts';
import { Settings } from './settings.ts';
import { tensorRef } from './tensors.ts';
import { unknown } from './unknown.ts';

export interface Maker {
  node: OnnxNode;
  op: string;
  /** Which of the node's outputs. */
  output: number;
  /** The node's position in the file; a node only takes what nodes before it make. */
  at: number;
}

/** `TensorProto.DataType` of floats: a cast among them changes the precision and nothing else. */
const FLOATS = [1, 10, 11, 16];
const INTEGERS = [6, 7];

export class GraphView {
  readonly graph: OnnxGraph;
  readonly constants = new Map<string, OnnxTensor>();
  readonly inputs = new Map<string, OnnxValue>();
  /** Version of ONNX's own operators. */
  readonly opset: number;
  readonly #file: Uint8Array;
  readonly #makers = new Map<string, Maker>();

  /** Throws `bad-model` for broken bytes, names made twice, and nodes out of order. */
  constructor(file: Uint8Array) {
    const model = readModel(file);
    this.#file = file;
    this.graph = model.graph;
    this.opset = model.opsets.find(({ domain }) => isOwnDomain(domain))?.version ?? 1;
    for (const tensor of this.graph.initializers) this.#addConstant(tensor.name, tensor);
    for (const input of this.graph.inputs) {
      // Old files list constants among the inputs too, as defaults.
      if (!this.constants.has(input.name)) this.inputs.set(input.name, input);
    }
    this.graph.nodes.forEach((node, at) => this.#addNode(node, at));
  }

  maker(name: string): Maker | undefined {
    return this.#makers.get(name);
  }

  /** The same value before casts between floats. */
  root(name: string): string {
    return this.#before(name, FLOATS);
  }

  /** The same value before casts between integers. */
  rootOfIntegers(name: string): string {
    return this.#before(name, INTEGERS);
  }

  constant(name: string | undefined): OnnxTensor | undefined {
    return name ? this.constants.get(this.root(name)) : undefined;
  }

  refOf(tensor: OnnxTensor): TensorRef {
    return tensorRef(tensor, this.#file);
  }

  #before(name: string, types: readonly number[]): string {
    let at = name;
    for (;;) {
      const maker = this.#makers.get(at);
      const cast = maker?.op === 'Cast' && types.includes(castTarget(maker.node));
      if (!maker || (!cast && maker.op !== 'Identity')) return at;
      at = maker.node.inputs[0] ?? '';
    }
  }

  #addNode(node: OnnxNode, at: number): void {
    for (const input of node.inputs) {
      if (input !== '' && !this.#knows(input)) {
        // Whether that makes a graph unsound is for ONNX Runtime to say, which may sort its nodes.
        unknown(`a ${node.opType} takes "${input}", which nothing before it makes`);
      }
    }
    const op = opOf(node);
    const value = node.attributes.find(({ name }) => name === 'value');
    if (op === 'Constant' && value?.type === 'tensor') {
      return this.#addConstant(node.outputs[0] ?? '', value.value);
    }
    node.outputs.forEach((name, output) => {
      if (name === '') return;
      if (this.#knows(name)) throw bad(`"${name}" is made twice`);
      this.#makers.set(name, { node, op, output, at });
    });
  }

  #addConstant(name: string, tensor: OnnxTensor): void {
    if (this.#knows(name)) throw bad(`"${name}" is made twice`);
    this.constants.set(name, tensor);
  }

  #knows(name: string): boolean {
    return this.constants.has(name) || this.inputs.has(name) || this.#makers.has(name);
  }
}

function castTarget(node: OnnxNode): number {
  return new Settings(node).int('to', 0);
}

/** `MatMul` for ONNX's own operators, `com.microsoft:MatMulNBits` for others. */
export function opOf(node: OnnxNode): string {
  return isOwnDomain(node.domain) ? node.opType : `${node.domain}:${node.opType}`;
}

function isOwnDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function bad(message: string): NearfieldError {
  return new NearfieldError('bad-model', `Not a sound ONNX file: ${message}.`);
}
