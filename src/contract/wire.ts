/** Shapes that cross between a page and its workers. */

import { fromWire, toWire, type WireError } from './errors.ts';
import type { EmbedRequest, EmbedRows, LoadProgress } from './embedding.ts';
import type { Device, Dtype, DtypeChoice, ModelSpec, Pooling, Prompts } from './model.ts';

/** Comlink keeps only an error's name, message and stack; a reply keeps its code too. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: WireError };

export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw fromWire(reply.error);
}

export async function replyWith<T>(work: () => T | Promise<T>): Promise<Reply<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: toWire(error) };
  }
}

/** First message of every worker of ours: its script ran to the end. */
export const WORKER_READY = 'nearfield:ready';

export interface LoadRequest {
  model: string | ModelSpec;
  device: Device;
  /** The device was asked for by name: software adapters are taken too. */
  forced: boolean;
  dtype: DtypeChoice;
  revision?: string;
  maxTokens?: number;
  threads?: number;
  hubUrl: string;
  modelsUrl: string;
}

/** What a loaded model is and where it runs. */
export interface LoadedModel {
  id: string;
  revision: string;
  device: Device;
  dtype: Dtype;
  pooling: Pooling;
  prompts: Prompts;
  defaultTask?: string;
  dimensions: number;
  minDimensions: number;
  maxTokens: number;
  threads: number;
  simd: 'simd128' | 'none';
  adapter?: string;
  /** Equal for two sessions exactly when their vectors may be mixed. */
  identity: string;
}

export interface SliceResult extends EmbedRows {
  milliseconds: number;
}

export interface EmbedWorkerApi {
  load(
    request: LoadRequest,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Reply<LoadedModel>>;
  embed(request: EmbedRequest): Promise<Reply<SliceResult>>;
  close(): Promise<Reply<void>>;
}
