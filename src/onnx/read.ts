/** ONNX bytes to an `OnnxModel`. Any broken input ends in a `bad-model` error, nothing else. */

import type { PbfReader } from 'pbf';
import { NearfieldError, messageOf } from '../contract/errors.ts';
import { readAttribute } from './readAttribute.ts';
import type { Dim, OnnxGraph, OnnxModel, OnnxNode, OnnxValue, Opset } from './model.ts';
import { readTensor } from './readTensor.ts';
import { badModel, readBytes, readCount, readFields, readInt64, readString } from './wire.ts';

export function readModel(bytes: Uint8Array): OnnxModel {
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (error instanceof NearfieldError) throw error;
    // Left over: pbf's own errors, and names that are no UTF-8.
    throw new NearfieldError('bad-model', `Not a sound ONNX file: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function decodeModel(bytes: Uint8Array): OnnxModel {
  let irVersion = 0;
  let graph: OnnxGraph | undefined;
  const opsets: Opset[] = [];
  const rest = readFields(bytes, (field, reader) => {
    if (field === 1) irVersion = readCount(reader);
    else if (field === 7) graph = readGraph(readBytes(reader));
    else if (field === 8) opsets.push(readOpset(readBytes(reader)));
    else return false;
    return true;
  });
  if (!graph) throw badModel('it has no graph');
  return { irVersion, opsets, graph, rest };
}

function readOpset(bytes: Uint8Array): Opset {
  const opset: Opset = { domain: '', version: 0 };
  readFields(bytes, (field, reader) => {
    if (field === 1) opset.domain = readString(reader);
    else if (field === 2) opset.version = readCount(reader);
    else return false;
    return true;
  });
  return opset;
}

/** Deeper than any real control flow, and far from the end of the stack. */
const MAX_DEPTH = 32;

function readGraph(bytes: Uint8Array, depth = 0): OnnxGraph {
  if (depth > MAX_DEPTH) throw badModel('its graphs are nested too deep');
  const graph: OnnxGraph = {
    name: '',
    nodes: [],
    initializers: [],
    inputs: [],
    outputs: [],
    rest: [],
  };
  graph.rest = readFields(bytes, (field, reader) => {
    if (field === 1) graph.nodes.push(readNode(readBytes(reader), depth));
    else if (field === 2) graph.name = readString(reader);
    else if (field === 5) graph.initializers.push(readTensor(readBytes(reader)));
    else if (field === 11) graph.inputs.push(readValue(readBytes(reader)));
    else if (field === 12) graph.outputs.push(readValue(readBytes(reader)));
    else return false;
    return true;
  });
  return graph;
}

function readNode(bytes: Uint8Array, depth: number): OnnxNode {
  const readInner = (inner: Uint8Array) => readGraph(inner, depth + 1);
  const node: OnnxNode = {
    name: '',
    opType: '',
    domain: '',
    inputs: [],
    outputs: [],
    attributes: [],
    rest: [],
  };
  node.rest = readFields(bytes, (field, reader) => {
    if (field === 1) node.inputs.push(readString(reader));
    else if (field === 2) node.outputs.push(readString(reader));
    else if (field === 3) node.name = readString(reader);
    else if (field === 4) node.opType = readString(reader);
    else if (field === 5) node.attributes.push(readAttribute(readBytes(reader), readInner));
    else if (field === 7) node.domain = readString(reader);
    else return false;
    return true;
  });
  return node;
}

function readValue(bytes: Uint8Array): OnnxValue {
  const value: OnnxValue = { name: '', rest: [] };
  value.rest = readFields(bytes, (field, reader) => {
    if (field === 1) value.name = readString(reader);
    else if (field === 2) return readTensorType(reader, value);
    else return false;
    return true;
  });
  return value;
}

/** False for sequences, maps and optionals: the caller then keeps the type raw. */
function readTensorType(reader: PbfReader, value: OnnxValue): boolean {
  const start = reader.pos;
  let tensorType: Uint8Array | undefined;
  readFields(readBytes(reader), (field, inner) => {
    if (field !== 1) return false;
    tensorType = readBytes(inner);
    return true;
  });
  if (!tensorType) {
    reader.pos = start;
    return false;
  }
  readFields(tensorType, (field, inner) => {
    if (field === 1) value.elemType = readCount(inner);
    else if (field === 2) value.dims = readShape(readBytes(inner));
    else return false;
    return true;
  });
  return true;
}

function readShape(bytes: Uint8Array): Dim[] {
  const dims: Dim[] = [];
  readFields(bytes, (field, reader) => {
    if (field !== 1) return false;
    dims.push(readDim(readBytes(reader)));
    return true;
  });
  return dims;
}

function readDim(bytes: Uint8Array): Dim {
  let dim: Dim;
  readFields(bytes, (field, reader) => {
    if (field === 1) dim = knownDim(readInt64(reader));
    else if (field === 2) dim = readString(reader);
    else return false;
    return true;
  });
  return dim;
}

/** Some exporters write -1 for "unknown". */
function knownDim(value: bigint): Dim {
  return value < 0n ? undefined : Number(value);
}
