/** An `OnnxModel` to ONNX bytes: the opposite of `read.ts`. */

import { Message } from './message.ts';
import type { Dim, ExternalData, OnnxAttribute, OnnxGraph, OnnxModel } from './model.ts';
import type { OnnxNode, OnnxTensor, OnnxValue } from './model.ts';

const EXTERNAL = 1;

export function writeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const message = new Message();
  message.int(1, model.irVersion);
  message.message(7, graphMessage(model.graph));
  for (const opset of model.opsets) {
    const inner = new Message();
    inner.string(1, opset.domain);
    inner.int(2, opset.version);
    message.message(8, inner);
  }
  message.raw(model.rest);
  return message.toBytes();
}

function graphMessage(graph: OnnxGraph): Message {
  const message = new Message();
  for (const node of graph.nodes) message.message(1, nodeMessage(node));
  message.string(2, graph.name);
  for (const tensor of graph.initializers) message.message(5, tensorMessage(tensor));
  for (const value of graph.inputs) message.message(11, valueMessage(value));
  for (const value of graph.outputs) message.message(12, valueMessage(value));
  message.raw(graph.rest);
  return message;
}

function nodeMessage(node: OnnxNode): Message {
  const message = new Message();
  for (const input of node.inputs) message.string(1, input);
  for (const output of node.outputs) message.string(2, output);
  message.string(3, node.name);
  message.string(4, node.opType);
  for (const attribute of node.attributes) message.message(5, attributeMessage(attribute));
  message.string(7, node.domain);
  message.raw(node.rest);
  return message;
}

function attributeMessage(attribute: OnnxAttribute): Message {
  const message = new Message();
  message.string(1, attribute.name);
  if (attribute.type !== 'other') writeValue(message, attribute);
  message.raw(attribute.rest);
  return message;
}

/** `AttributeProto.AttributeType`. */
const TYPE_CODES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

function writeValue(message: Message, attribute: Exclude<OnnxAttribute, { type: 'other' }>): void {
  switch (attribute.type) {
    case 'float':
      message.float(2, attribute.value);
      break;
    case 'int':
      message.int(3, attribute.value);
      break;
    case 'string':
      message.bytes(4, attribute.value);
      break;
    case 'tensor':
      message.message(5, tensorMessage(attribute.value));
      break;
    case 'graph':
      message.message(6, graphMessage(attribute.value));
      break;
    case 'floats':
      for (const value of attribute.value) message.float(7, value);
      break;
    case 'ints':
      for (const value of attribute.value) message.int(8, value);
      break;
    case 'strings':
      for (const value of attribute.value) message.bytes(9, value);
      break;
  }
  message.int(20, TYPE_CODES[attribute.type]);
}

function tensorMessage(tensor: OnnxTensor): Message {
  const message = new Message();
  for (const dim of tensor.dims) message.int(1, dim);
  message.int(2, tensor.dataType);
  message.string(8, tensor.name);
  if (tensor.rawData) message.bytes(9, tensor.rawData);
  if (tensor.externalData) writeExternalData(message, tensor.externalData);
  message.raw(tensor.rest);
  return message;
}

function writeExternalData(message: Message, data: ExternalData): void {
  for (const key of ['location', 'offset', 'length'] as const) {
    const value = data[key];
    if (value === undefined) continue;
    const entry = new Message();
    entry.string(1, key);
    entry.string(2, String(value));
    message.message(13, entry);
  }
  message.int(14, EXTERNAL);
}

function valueMessage(value: OnnxValue): Message {
  const message = new Message();
  message.string(1, value.name);
  if (value.elemType !== undefined) {
    const type = new Message();
    type.message(1, tensorType(value.elemType, value.dims));
    message.message(2, type);
  }
  message.raw(value.rest);
  return message;
}

function tensorType(elemType: number, dims: readonly Dim[] | undefined): Message {
  const message = new Message();
  message.int(1, elemType);
  if (dims) message.message(2, shapeMessage(dims));
  return message;
}

function shapeMessage(dims: readonly Dim[]): Message {
  const shape = new Message();
  for (const dim of dims) {
    const inner = new Message();
    if (typeof dim === 'number') inner.int(1, dim);
    else if (dim !== undefined) inner.string(2, dim);
    shape.message(1, inner);
  }
  return shape;
}
