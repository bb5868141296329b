/** Reads, writes and looks over ONNX graphs, without running them. */

export { FLOAT16, FLOAT32, INT64, storedBytes } from './dataTypes.ts';
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
export { writeModel } from './write.ts';
