/** What the machine offers: WebGPU adapter, threads, SIMD. */

export { adapterName, requestAdapter, type AdapterFacts, type FoundAdapter } from './adapter.ts';
export { chooseThreads } from './threads.ts';
