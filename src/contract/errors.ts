/** Everything that can go wrong, as data: one class, a union of codes, to and from the wire. */

/**
 * Why a call failed. Codes are stable; messages are for people and may change.
 *
 * - `bad-input`: an argument is wrong; `index` names the text or document where there are several
 * - `bad-model`: a model file is damaged, or not what its folder says it is
 * - `unsupported-model`: the model is sound, but this device or engine cannot run it
 * - `model-not-found`: nothing answers at the model's address
 * - `download-failed`: the network or the server failed; trying again continues where it stopped
 * - `integrity`: a file's size or SHA-256 is not the expected one
 * - `out-of-memory`: the device or the WASM heap has no room for the model or the text
 * - `no-webgpu`: no adapter, or one that does not suit the model
 * - `self-test-failed`: the device computes wrong vectors
 * - `bad-vector`: the model gave NaN, infinity or a zero vector
 * - `device-lost`: the GPU went away; the next call starts a fresh worker
 * - `worker-crashed`: a worker could not start or died; the next call starts a fresh one
 * - `storage`: the browser's storage failed
 * - `quota`: the browser's storage is full
 * - `aborted`: the caller's AbortSignal fired
 * - `closed`: the object was closed before the call
 * - `incompatible-index`: a collection holds vectors of another model or width
 * - `changed`: a collection was written to while it was exported; export it again
 * - `internal`: a fault of Nearfield's own
 */
export type ErrorCode =
  | 'bad-input'
  | 'bad-model'
  | 'unsupported-model'
  | 'model-not-found'
  | 'download-failed'
  | 'integrity'
  | 'out-of-memory'
  | 'no-webgpu'
  | 'self-test-failed'
  | 'bad-vector'
  | 'device-lost'
  | 'worker-crashed'
  | 'storage'
  | 'quota'
  | 'aborted'
  | 'closed'
  | 'incompatible-index'
  | 'changed'
  | 'internal';

export interface ErrorOptions {
  cause?: unknown;
  /** Position of the offending text or document in the caller's array. */
  index?: number;
}

export class NearfieldError extends Error {
  readonly code: ErrorCode;
  readonly index?: number;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    // Libraries around us (fetch helpers, queues) know an abort by this name.
    this.name = code === 'aborted' ? 'AbortError' : 'NearfieldError';
    this.code = code;
    if (options.index !== undefined) this.index = options.index;
  }
}

/** An error as structured-cloneable data. */
export interface WireError {
  code: ErrorCode;
  message: string;
  index?: number;
  stack?: string;
}

export function toWire(error: unknown): WireError {
  const known = toNearfieldError(error);
  return {
    code: known.code,
    message: known.message,
    ...(known.index !== undefined && { index: known.index }),
    ...(known.stack !== undefined && { stack: known.stack }),
  };
}

export function fromWire(wire: WireError): NearfieldError {
  const error = new NearfieldError(wire.code, wire.message, {
    ...(wire.index !== undefined && { index: wire.index }),
  });
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

/** Any thrown value as a NearfieldError; what is one already stays itself. */
export function toNearfieldError(error: unknown, code: ErrorCode = 'internal'): NearfieldError {
  if (error instanceof NearfieldError) return error;
  if (error instanceof Error && error.name === 'AbortError') {
    return new NearfieldError('aborted', error.message || 'The operation was aborted.', {
      cause: error,
    });
  }
  return new NearfieldError(code, messageOf(error), { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same error about the caller's own position, where an inner call saw only some of the texts. */
export function reindexed(error: NearfieldError, index: number): NearfieldError {
  if (error.index === undefined || error.index === index) return error;
  const message = error.message.replace(`texts[${error.index}]`, `texts[${index}]`);
  return new NearfieldError(error.code, message, { cause: error, index });
}

/** Throws `aborted` when the signal has fired; the caller's reason is kept as the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

export function abortError(signal: AbortSignal): NearfieldError {
  return new NearfieldError('aborted', 'The operation was aborted by its signal.', {
    cause: signal.reason,
  });
}
