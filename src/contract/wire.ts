/** Shapes that cross between a page and its workers. */

import { fromWire, toWire, type WireError } from './errors.ts';
import type { EmbedRequest, EmbedRows, LoadProgress } from './embedding.ts';
import type {
  Device,
  Dtype,
  DtypeChoice,
  ModelSpec,
  Pooling,
  Precision,
  Prompts,
  RuntimeName,
  Simd,
} from './model.ts';

/**
 * Either a value or an error. Comlink keeps only an error's name, message and stack; a reply keeps
 * its code too. (One interface, as Comlink's types take a union apart.)
 */
export interface Reply<T> {
  value?: T;
  error?: WireError;
}

export function unwrap<T>(reply: Reply<T>): T {
  if (reply.error) throw fromWire(reply.error);
  return reply.value as T;
}

export async function replyWith<T>(work: () => T | Promise<T>): Promise<Reply<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: toWire(error) };
  }
}

/** First message of every worker of ours: its script ran to the end. */
export const WORKER_READY = 'nearfield:ready';

export interface ReadyMessage {
  ready: typeof WORKER_READY;
  /** A Web Lock that the worker holds until it is gone. May come in a second message, late. */
  lock?: string;
}

export interface LoadRequest {
  model: string | ModelSpec;
  device: Device;
  /** The device was asked for by name: software adapters are taken too. */
  forced: boolean;
  dtype: DtypeChoice;
  revision?: string;
  maxTokens?: number;
  threads?: number;
  /** This and the next two matter on WASM only, see `EmbedderOptions`. */
  runtime: 'auto' | RuntimeName;
  precision: Precision;
  simd: 'auto' | Simd;
  hubUrl: string;
  modelsUrl: string;
}

/** What a loaded model is and where it runs. */
export interface LoadedModel {
  id: string;
  revision: string;
  device: Device;
  runtime: RuntimeName;
  /** Why ONNX Runtime runs on WASM, where no option asked for it. */
  runtimeReason?: string;
  simd: Simd;
  dtype: Dtype;
  pooling: Pooling;
  prompts: Prompts;
  defaultTask?: string;
  dimensions: number;
  minDimensions: number;
  maxTokens: number;
  threads: number;
  adapter?: string;
  warnings: string[];
  /** Whether an urgent slice may be sent while another runs. */
  interruptible: boolean;
  /** Equal for two sessions exactly when their vectors may be mixed. */
  identity: string;
}

/** Some texts of a call. */
export interface SliceRequest extends EmbedRequest {
  /** Of a query: a slice in progress makes way for it, where the model is `interruptible`. */
  urgent: boolean;
}

export interface SliceResult extends EmbedRows {
  milliseconds: number;
}

export interface EmbedWorkerApi {
  load(
    request: LoadRequest,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Reply<LoadedModel>>;
  /** `onProgress` is told how much of the slice is done, 0 to 1, in the midst of it. */
  embed(request: SliceRequest, onProgress?: (share: number) => void): Promise<Reply<SliceResult>>;
  /** Gives up the slice that runs, the urgent one or the other; it ends with `aborted`, where the runtime can. */
  stop(urgent: boolean): Promise<Reply<void>>;
  close(): Promise<Reply<void>>;
}
