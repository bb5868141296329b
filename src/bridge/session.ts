import { proxy } from 'comlink';
import {
  NearfieldError,
  toNearfieldError,
  unlessAborted,
  unwrap,
  type Device,
  type DeviceChoice,
  type Dtype,
  type EmbedWorkerApi,
  type ErrorCode,
  type LoadedModel,
  type LoadProgress,
  type LoadRequest,
} from '../contract/index.ts';
import { WorkerHandle } from './worker-handle.ts';

export interface Fallback {
  from: Device;
  code: ErrorCode;
  message: string;
}

/** A worker with a loaded model. */
export interface Session {
  worker: WorkerHandle<EmbedWorkerApi>;
  model: LoadedModel;
  fallback?: Fallback;
}

export interface SessionOptions {
  spawn: () => Worker;
  device: DeviceChoice;
  /** Where 'auto' begins; rejects with `no-webgpu` where WebGPU need not be tried. */
  choose: () => Promise<DeviceStart>;
  request: Omit<LoadRequest, 'device' | 'forced'>;
  onProgress: (progress: LoadProgress) => void;
}

/** A device, and the dtype that is known to suit it. */
export interface DeviceStart {
  device: Device;
  /** @default the request's */
  dtype?: Dtype;
}

/** Reasons to leave WebGPU for WASM; the others would be the same there. */
const FALL_BACK_ON: readonly ErrorCode[] = [
  'no-webgpu',
  'device-lost',
  'out-of-memory',
  'self-test-failed',
  'bad-vector',
  'worker-crashed',
  'internal',
];

/**
 * Loads the model on the device asked for. With 'auto' WASM follows in a fresh worker where WebGPU
 * fails: what a failed session leaves behind poisons the next one in its realm
 * (transformers.js #1635).
 *
 * @param ended ends the loading, or the session, at once when it fires: its reason, a
 *   NearfieldError, is what everything pending rejects with
 */
export async function openSession(options: SessionOptions, ended: AbortSignal): Promise<Session> {
  if (options.device !== 'auto') return loadOn({ device: options.device }, options, ended);
  // Its script loads while the adapter is asked for; it is fresh for whichever device comes first.
  const idle = WorkerHandle.open<EmbedWorkerApi>(options.spawn, ended);
  const choosing = unlessAborted(options.choose(), ended, ({ reason }) => toNearfieldError(reason));
  const [chosen] = await Promise.allSettled([choosing, idle]);
  const wasm = { device: 'wasm' } as const;
  if (chosen.status === 'rejected') {
    const fallback = toFallback(toNearfieldError(chosen.reason));
    return { ...(await loadOn(wasm, options, ended, idle)), fallback };
  }
  const start = chosen.value;
  if (start.device === 'wasm') return loadOn(start, options, ended, idle);
  try {
    return await loadOn(start, options, ended, idle);
  } catch (error) {
    return { fallback: toFallback(error), ...(await loadOn(wasm, options, ended)) };
  }
}

/** Why WebGPU was left; throws what WASM would not mend. */
function toFallback(error: unknown): Fallback {
  if (!(error instanceof NearfieldError) || !FALL_BACK_ON.includes(error.code)) throw error;
  return { from: 'webgpu', code: error.code, message: error.message };
}

async function loadOn(
  { device, dtype }: DeviceStart,
  options: SessionOptions,
  ended: AbortSignal,
  opening = WorkerHandle.open<EmbedWorkerApi>(options.spawn, ended),
): Promise<Session> {
  const worker = await opening;
  try {
    const forced = options.device === device;
    const request = { ...options.request, device, forced, ...(dtype && { dtype }) };
    const onProgress = proxy(options.onProgress);
    const model = unwrap(await worker.call((api) => api.load(request, onProgress)));
    return { worker, model };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}
