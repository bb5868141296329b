/** What the machine and the browser offer: WebGPU adapter, threads, file handles, locks. */

export {
  adapterName,
  requestAdapter,
  smallestSubgroup,
  type AdapterFacts,
  type FoundAdapter,
} from './adapter.ts';
export { HANDLE_PATIENCE_MS, handleInTime } from './handle.ts';
export { isLockHeld, LOCK_PATIENCE_MS, requestLock } from './lock.ts';
export { chooseThreads } from './threads.ts';
export { within, withinHearing } from './within.ts';
