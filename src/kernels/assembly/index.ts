/** What a kernel module exports. The meaning of every parameter is in ../types.ts. */

export { gelu, swiglu } from './activations';
export { attention } from './attention';
export { matmul } from './matmul';
export { layerNorm, rmsNorm } from './norms';
export { packDense } from './pack-dense';
export { packScales, packZeros } from './pack-scales';
export { packPanels } from './pack';
export { quantizeRows } from './quantize';
export { headNormRope } from './rope';
export { meanRows } from './rows';
