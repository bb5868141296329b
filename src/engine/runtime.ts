import type { Device, RuntimeName, Simd } from '../contract/index.ts';

export interface RunOptions {
  /**
   * Tokens of the prompt that was put before every text, special tokens and all: a runtime may
   * compute once what all texts begin with.
   */
  prompt?: readonly number[] | undefined;
  /** Heard within a run where the runtime can (`aborted`), else after it. */
  signal?: AbortSignal | undefined;
  /** How much of the run is done, 0 to 1, where the runtime can tell. */
  onProgress?: ((share: number) => void) | undefined;
  /**
   * In the midst of another run rather than after it, on the calling thread alone. At most
   * `asideTokens` tokens.
   */
  aside?: boolean | undefined;
  /** Asked now and then: while it says so, the run leaves the calling thread to others. */
  standStill?: (() => boolean) | undefined;
}

/**
 * What computes: token ids in, pooled vectors out. Implementations keep everything between on
 * their device.
 */
export interface Runtime {
  readonly device: Device;
  readonly runtime: RuntimeName;
  /** Instructions of the WASM path. */
  readonly simd?: Simd;
  /** Width of a row. */
  readonly width: number;
  readonly threads: number;
  readonly adapter?: string;
  /** What is not as it was asked for. */
  readonly warnings?: readonly string[];
  /** Tokens that one run should hold at most. */
  readonly tokenBudget: number;
  /** Tokens of a run that can take place in the midst of another. @default none can */
  readonly asideTokens?: number;
  /** Every text of a run costs as much as its longest, so that the budget counts padding too. */
  readonly padded: boolean;
  /** rows x width, not normalised. Throws `out-of-memory`, `device-lost`, `aborted`, `internal`. */
  run(
    batch: readonly (readonly number[])[],
    options?: RunOptions,
  ): Promise<Float32Array<ArrayBuffer>>;
  close(): Promise<void>;
}
