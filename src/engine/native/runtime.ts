/** The runtime of known models: our own kernels over weights packed in one WebAssembly.Memory. */

import PQueue from 'p-queue';
import { NearfieldError, toNearfieldError, type Pooling, type Simd } from '../../contract/index.ts';
import type { Runtime, RunOptions } from '../runtime.ts';
import { embedTokens, openTables, type Tables } from './embed.ts';
import type { NativeModel } from './graph/model.ts';
import { EngineMemory, FLOAT } from './memory.ts';
import { packModel } from './pack.ts';
import type { PackedModel } from './packed.ts';
import { layOut, type PassJob, type Sequence } from './pass.ts';
import { place } from './place.ts';
import { PrefixRows } from './prefix-rows.ts';
import { PrefixStore, type PrefixPlan } from './prefix.ts';
import type { Sources } from './source.ts';
import { Team, type SpawnThread } from './threads.ts';
import { passWork } from './work.ts';

export interface NativeOptions {
  /** Compiled kernels; those for shared memory where there are threads. */
  module: WebAssembly.Module;
  simd: Simd;
  pooling: Pooling;
  /** Longest input. */
  maxTokens: number;
  /** Beside the calling thread; none where memory cannot be shared. */
  spawn?: SpawnThread | undefined;
  /** In all. @default 1 */
  threads?: number;
  /** Bytes of keys and values kept of instructions. @default 48 MiB */
  prefixBytes?: number;
}

/**
 * Tokens of one run, not padded. Products are as fast at 1,024 rows as above; more let texts of a
 * slice share one pass.
 */
const TOKEN_BUDGET = 2048;
/** Tokens of a run beside another: a query, and no more than a second or so of one thread's work. */
const ASIDE_TOKENS = 256;
const PREFIX_BYTES = 48 * 2 ** 20;
/** Positions that are there whatever the caller's limit: texts of our own are not cut. */
const LEAST_POSITIONS = 512;

/**
 * Packs a model's weights and starts its threads; where those do not start, one thread computes, and
 * a warning says so.
 * Throws `out-of-memory`, and `bad-model` where a file ends too early.
 */
export async function createNativeRuntime(
  model: NativeModel,
  sources: Sources,
  options: NativeOptions,
): Promise<Runtime> {
  const { threads = 1, spawn } = options;
  const memory = new EngineMemory(spawn !== undefined && threads > 1);
  const team = await openTeam(memory, options);
  const warnings = team.threads < threads && spawn ? [aloneWarning(threads)] : [];
  try {
    const positions = Math.max(options.maxTokens, LEAST_POSITIONS);
    const placement = place(model, memory, positions);
    await packModel(placement, memory, sources, (job) => team.run(job));
    const tables = await openTables(model, sources);
    team.use(placement.model);
    return new NativeRuntime({
      memory,
      team,
      tables,
      model: placement.model,
      positions: Math.min(positions, tables.positions),
      options,
      warnings,
    });
  } catch (error) {
    team.close();
    throw coded(error);
  }
}

async function openTeam(memory: EngineMemory, options: NativeOptions): Promise<Team> {
  const { module, spawn, threads = 1 } = options;
  const alone = (): Promise<Team> => Team.open(1, module, memory, noThread);
  if (!spawn || threads < 2) return alone();
  try {
    return await Team.open(threads, module, memory, spawn);
  } catch (error) {
    // A policy that refuses workers is no reason to refuse the model; some throw at once.
    if (toNearfieldError(error, 'worker-crashed').code === 'worker-crashed') return alone();
    throw error;
  }
}

function aloneWarning(threads: number): string {
  return `Nearfield's own kernels compute on one thread instead of ${threads}: the others did not start.`;
}

function noThread(): never {
  throw new RangeError('one thread needs no other');
}

interface Parts {
  memory: EngineMemory;
  team: Team;
  tables: Tables;
  model: PackedModel;
  positions: number;
  options: NativeOptions;
  /** Of the start. */
  warnings: readonly string[];
}

class NativeRuntime implements Runtime {
  readonly device = 'wasm';
  readonly runtime = 'native';
  readonly padded = false;
  readonly tokenBudget = TOKEN_BUDGET;
  readonly asideTokens = ASIDE_TOKENS;
  readonly width: number;
  readonly simd: Simd;
  readonly threads: number;
  readonly warnings: readonly string[];
  readonly #prefixes: PrefixStore;
  #parts: Parts | undefined;
  /** Passes work in the same memory, so one at a time; those aside have a part of it to themselves. */
  readonly #passes = new PQueue({ concurrency: 1 });
  readonly #asides = new PQueue({ concurrency: 1 });

  constructor(parts: Parts) {
    const { prefixBytes = PREFIX_BYTES, simd } = parts.options;
    this.#parts = parts;
    this.#prefixes = new PrefixStore(prefixBytes);
    this.width = parts.model.hidden;
    this.threads = parts.team.threads;
    this.warnings = parts.warnings;
    this.simd = simd;
  }

  run(
    batch: readonly (readonly number[])[],
    options: RunOptions = {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const aside = options.aside === true && this.#passes.pending > 0;
    const queue = aside ? this.#asides : this.#passes;
    return queue.add(() => this.#run(batch, options, aside));
  }

  async close(): Promise<void> {
    this.#parts?.team.close();
    this.#parts = undefined;
  }

  async #run(
    batch: readonly (readonly number[])[],
    { prompt, signal, onProgress, standStill }: RunOptions,
    aside: boolean,
  ): Promise<Float32Array<ArrayBuffer>> {
    if (batch.length === 0) return new Float32Array(0);
    const parts = this.#open();
    const { memory, model, tables } = parts;
    checkLengths(batch, parts.positions);
    try {
      const team = aside ? parts.team : await this.#team(parts);
      const plan = this.#prefixPlan(parts, batch, prompt);
      const job = planPass(parts, batch, plan, aside);
      await embedTokens(tables, memory, model, job, batch, signal);
      const prefix = this.#prefixRows(parts, batch, job, plan);
      const work = passWork(model, job);
      const onWork = (done: number): void => onProgress?.(Math.min(1, done / work));
      const host = { signal, prefix, onWork, standStill };
      await (aside ? team.runAside(job, host) : team.run(job, host));
      if (prefix && !plan?.kept) this.#prefixes.keep(prefix.kept);
      return new Float32Array(
        memory.memory.buffer,
        job.areas.out,
        batch.length * this.width,
      ).slice();
    } catch (error) {
      throw coded(error);
    }
  }

  /** A prefix too long to be kept is not copied out either: the pass shares it all the same. */
  #prefixRows(
    { memory, model }: Parts,
    batch: readonly (readonly number[])[],
    job: PassJob,
    plan: PrefixPlan | undefined,
  ): PrefixRows | undefined {
    if (!plan) return undefined;
    const { kvHeads, headDim, layers } = model;
    const floats = 2 * job.prefix * kvHeads * headDim * layers.length;
    const fits = this.#prefixes.fits(floats * FLOAT);
    return plan.kept || fits ? new PrefixRows(memory, model, job, batch[0]!, plan.kept) : undefined;
  }

  #open(): Parts {
    if (!this.#parts) throw new NearfieldError('closed', 'This model was closed.');
    return this.#parts;
  }

  /** The threads; fresh ones where one has died. */
  async #team(parts: Parts): Promise<Team> {
    if (parts.team.death) {
      parts.team.close();
      parts.team = await openTeam(parts.memory, parts.options);
      parts.team.use(parts.model);
    }
    return parts.team;
  }

  /** Only of a text's last token is it certain that it lies behind what is shared. */
  #prefixPlan(
    { model, options }: Parts,
    batch: readonly (readonly number[])[],
    prompt: readonly number[] | undefined,
  ): PrefixPlan | undefined {
    if (model.family !== 'qwen3' || options.pooling !== 'last') return undefined;
    return this.#prefixes.plan(batch, prompt);
  }
}

/** Rows and memory of one batch. Throws `out-of-memory`. */
function planPass(
  { model, memory, team, options }: Parts,
  batch: readonly (readonly number[])[],
  plan: PrefixPlan | undefined,
  aside: boolean,
): PassJob {
  const prefix = plan?.length ?? 0;
  const sequences: Sequence[] = [];
  let rows = prefix;
  for (const ids of batch) {
    const length = ids.length - prefix;
    sequences.push({ row: rows, length, sees: prefix > 0 });
    rows += length;
  }
  const most = { rows: ASIDE_TOKENS, texts: ASIDE_TOKENS, threads: 1 };
  const asideBytes = layOut(model, most, 0).end;
  if (aside && rows > ASIDE_TOKENS) throw new RangeError(`${rows} tokens are too many for aside`);
  const sizes = { rows, texts: batch.length, threads: aside ? 1 : team.threads };
  const before = aside ? 0 : asideBytes;
  const { end } = layOut(model, sizes, before);
  const { areas } = layOut(model, sizes, memory.work(Math.max(end, asideBytes)) + before);
  const first = plan?.kept ? prefix : 0;
  return { kind: 'pass', pooling: options.pooling, rows, first, prefix, sequences, areas };
}

function checkLengths(batch: readonly (readonly number[])[], positions: number): void {
  const index = batch.findIndex((ids) => ids.length === 0 || ids.length > positions);
  if (index < 0) return;
  throw new NearfieldError(
    'bad-input',
    `texts[${index}]: expected 1 to ${positions} tokens, got ${batch[index]!.length}.`,
    { index },
  );
}

/** A trap of the kernels is a fault of ours. */
function coded(error: unknown): NearfieldError {
  return toNearfieldError(error, 'internal');
}
