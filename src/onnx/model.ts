/**
 * An ONNX model as plain objects. What this room does not understand (producer, value_info,
 * metadata, typed tensor fields…) stays in `rest` as raw protobuf fields and is written back as is.
 */

export type Rest = readonly Uint8Array[];

export interface OnnxModel {
  irVersion: number;
  opsets: Opset[];
  graph: OnnxGraph;
  rest: Rest;
}

export interface Opset {
  /** Empty for ONNX's own operators. */
  domain: string;
  version: number;
}

export interface OnnxGraph {
  name: string;
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  rest: Rest;
}

export interface OnnxNode {
  name: string;
  opType: string;
  domain: string;
  /** An empty name stands for an input that is left out. */
  inputs: string[];
  outputs: string[];
  attributes: OnnxAttribute[];
  rest: Rest;
}

/** Integers are bigint: ONNX writes INT64_MAX for "to the end", which a number would change. */
export type AttributeValue =
  | { type: 'float'; value: number }
  | { type: 'int'; value: bigint }
  /** Bytes, because ONNX does not promise UTF-8 here. */
  | { type: 'string'; value: Uint8Array }
  | { type: 'tensor'; value: OnnxTensor }
  | { type: 'graph'; value: OnnxGraph }
  | { type: 'floats'; value: number[] }
  | { type: 'ints'; value: bigint[] }
  | { type: 'strings'; value: Uint8Array[] }
  /** Every other kind; the value is in `rest`. */
  | { type: 'other' };

export type OnnxAttribute = { name: string; rest: Rest } & AttributeValue;

export interface OnnxTensor {
  name: string;
  dims: number[];
  /** A `TensorProto.DataType`; see `dataTypes.ts`. */
  dataType: number;
  /** A view into the bytes that were read, never a copy. */
  rawData?: Uint8Array;
  externalData?: ExternalData;
  rest: Rest;
}

export interface ExternalData {
  /** Relative to the folder of the graph file. */
  location: string;
  offset: number;
  /** Left out when the tensor reaches to the end of the file. */
  length?: number;
}

/** A fixed size, a named one, or unknown. */
export type Dim = number | string | undefined;

export interface OnnxValue {
  name: string;
  /** Missing when the value is no tensor (its type then stays in `rest`). */
  elemType?: number;
  /** Missing when the rank is unknown. */
  dims?: Dim[];
  rest: Rest;
}

export function intAttribute(node: OnnxNode, name: string): number | undefined {
  const found = node.attributes.find((attribute) => attribute.name === name);
  return found?.type === 'int' ? Number(found.value) : undefined;
}
