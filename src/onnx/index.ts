/** Reads, writes and looks over ONNX graphs, without running them. */

export { dataTypeName, FLOAT16, FLOAT32, INT64, storedBytes } from './dataTypes.ts';
export { inspectModel, type GraphFacts } from './inspect.ts';
export type {
  Dim,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from './model.ts';
export { readModel } from './read.ts';
export { readStructure, type PiecewiseFile } from './structure.ts';
export { halfToNumber } from '../contract/half.ts';
export { smallValues } from './values.ts';
export { writeModel } from './write.ts';
