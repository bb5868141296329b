import type { Device } from '../contract/index.ts';

/**
 * What computes: token ids in, pooled vectors out. Implementations keep everything between on
 * their device.
 */
export interface Runtime {
  readonly device: Device;
  /** Width of a row. */
  readonly width: number;
  readonly threads: number;
  readonly adapter?: string;
  /** Padded tokens that one run should hold at most. */
  readonly tokenBudget: number;
  /** rows x width, not normalised. Throws `out-of-memory`, `device-lost`, `internal`. */
  run(batch: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>>;
  close(): Promise<void>;
}
