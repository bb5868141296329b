/** Reads ONNX graphs as models of known families; the types of a model's parts are in `model.ts`. */

export type { NativeModel, TensorRef } from './model.ts';
export { isRecognised, recognise } from './recognise.ts';
export { tensorsOf } from './tensors.ts';
