import type { EngineMemory } from './memory.ts';
import type { PackedModel } from './packed.ts';
import type { PassJob } from './pass.ts';
import type { KeptPrefix } from './prefix.ts';

/**
 * Moves a prefix's keys and values between where they are kept and the first rows of a pass, layer
 * by layer; thread 0 does.
 */
export class PrefixRows {
  readonly #memory: EngineMemory;
  readonly #job: PassJob;
  readonly #floats: number;
  readonly #known: boolean;
  readonly kept: KeptPrefix;

  /** With `kept` its rows are copied in, else those that the pass computes are copied out. */
  constructor(
    memory: EngineMemory,
    model: PackedModel,
    job: PassJob,
    ids: readonly number[],
    kept?: KeptPrefix,
  ) {
    this.#memory = memory;
    this.#job = job;
    this.#floats = job.prefix * model.kvHeads * model.headDim;
    this.#known = kept !== undefined;
    this.kept = kept ?? { ids: ids.slice(0, job.prefix), keys: [], values: [] };
  }

  fill(layer: number): void {
    if (!this.#known) return;
    const { k, v } = this.#job.areas;
    this.#view(k).set(this.kept.keys[layer]!.subarray(0, this.#floats));
    this.#view(v).set(this.kept.values[layer]!.subarray(0, this.#floats));
  }

  save(layer: number): void {
    if (this.#known) return;
    const { k, v } = this.#job.areas;
    this.kept.keys[layer] = new Float32Array(this.#view(k));
    this.kept.values[layer] = new Float32Array(this.#view(v));
  }

  #view(at: number): Float32Array {
    return new Float32Array(this.#memory.memory.buffer, at, this.#floats);
  }
}
