/** Reads, writes and looks over ONNX graphs, without running them. */

export { dataTypeName, FLOAT16, FLOAT32, INT64, storedBytes } from './dataTypes.ts';
export { inspectModel, type GraphFacts, type GraphValue } from './inspect.ts';
export { intAttribute } from './model.ts';
export type {
  AttributeValue,
  Dim,
  ExternalData,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
  Opset,
} from './model.ts';
export { readModel } from './read.ts';
export { writeModel } from './write.ts';
