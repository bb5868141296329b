/** The engine in Node: model files found and verified on this machine, and computed with on its threads. */

export { openModel, type NodeModel } from './model.ts';
