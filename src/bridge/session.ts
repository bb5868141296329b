import { proxy } from 'comlink';
import {
  NearfieldError,
  throwIfAborted,
  toNearfieldError,
  unwrap,
  type Device,
  type DeviceChoice,
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
  /** Rejects with `no-webgpu` where 'auto' need not try it; spares a worker that would only say so. */
  probe: () => Promise<unknown>;
  request: Omit<LoadRequest, 'device' | 'forced'>;
  onProgress: (progress: LoadProgress) => void;
  signal?: AbortSignal;
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
 * Loads the model on the device asked for. With 'auto' WebGPU is tried first and WASM follows in a
 * fresh worker: what a failed session leaves behind poisons the next one in its realm
 * (transformers.js #1635).
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  throwIfAborted(options.signal);
  if (options.device !== 'auto') return loadOn(options.device, options);
  // Its script loads while the adapter is asked for; it is fresh for whichever device comes first.
  const idle = WorkerHandle.open<EmbedWorkerApi>(options.spawn);
  const [probed] = await Promise.allSettled([options.probe(), idle]);
  const unfit =
    probed.status === 'rejected' ? toFallback(toNearfieldError(probed.reason)) : undefined;
  if (unfit) return { ...(await loadOn('wasm', options, idle)), fallback: unfit };
  try {
    return await loadOn('webgpu', options, idle);
  } catch (error) {
    return { fallback: toFallback(error), ...(await loadOn('wasm', options)) };
  }
}

/** Why WebGPU was left; throws what WASM would not mend. */
function toFallback(error: unknown): Fallback {
  if (!(error instanceof NearfieldError) || !FALL_BACK_ON.includes(error.code)) throw error;
  return { from: 'webgpu', code: error.code, message: error.message };
}

async function loadOn(
  device: Device,
  options: SessionOptions,
  opening = WorkerHandle.open<EmbedWorkerApi>(options.spawn),
): Promise<Session> {
  const { signal, device: asked } = options;
  const worker = await opening;
  const abort = (): void => {
    worker.terminate(
      new NearfieldError('aborted', 'Loading was aborted.', { cause: signal?.reason }),
    );
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    throwIfAborted(signal);
    const request = { ...options.request, device, forced: asked === device };
    const onProgress = proxy(options.onProgress);
    const model = unwrap(await worker.call((api) => api.load(request, onProgress)));
    return { worker, model };
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
