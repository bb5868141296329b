/** What the machine offers: WebGPU adapter, threads, SIMD. */

export {
  adapterName,
  requestAdapter,
  smallestSubgroup,
  type AdapterFacts,
  type FoundAdapter,
} from './adapter.ts';
export { chooseThreads } from './threads.ts';
