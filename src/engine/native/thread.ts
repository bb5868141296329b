/** One thread's side: it waits for jobs, and runs each together with the other threads. */

import { toWire, type WireError } from '../../contract/index.ts';
import { instantiateKernels, type Kernels } from '../../kernels/index.ts';
import { bertPass } from './bert.ts';
import { Cancelled, Crew, type Steps } from './crew.ts';
import { packPieces, type PackJob } from './pack.ts';
import type { PackedModel } from './packed.ts';
import type { PassHost, PassJob } from './pass.ts';
import { qwen3Pass } from './qwen3.ts';

export type Job = PackJob | PassJob;

/** What a thread is told. */
export type Order =
  | {
      kind: 'start';
      index: number;
      count: number;
      words: SharedArrayBuffer;
      memory: WebAssembly.Memory;
      module: WebAssembly.Module;
    }
  | { kind: 'model'; model: PackedModel }
  | { kind: 'job'; id: number; job: Job };

/** What a thread answers; a job's answer says that it no longer runs it. */
export type Answer =
  | { kind: 'ready' }
  | { kind: 'done'; id: number }
  | { kind: 'failed'; id: number; error: WireError };

/** Two-way messages with whoever started this thread. */
export interface ThreadPort {
  post(message: Answer): void;
  listen(listener: (message: Order) => void): void;
}

/** What a thread needs for any job. */
export interface Bench {
  crew: Crew;
  kernels: Kernels;
  model?: PackedModel;
}

/** Serves jobs until the thread is ended from outside. */
export function serveThread(port: ThreadPort): void {
  let bench: Bench | undefined;
  port.listen((order) => {
    if (order.kind === 'start') {
      const crew = new Crew(order.index, order.count, order.words);
      bench = { crew, kernels: instantiateKernels(order.module, order.memory) };
      port.post({ kind: 'ready' });
    } else if (order.kind === 'model') bench!.model = order.model;
    else port.post(runJob(bench!, order.id, order.job));
  });
}

/** The job's program. `host` is what thread 0 does beside it. */
export function programOf({ crew, kernels, model }: Bench, job: Job, host: PassHost = {}): Steps {
  if (job.kind === 'pack') return packPieces(crew, kernels, job);
  if (!model) throw new RangeError('a pass needs a model');
  return model.family === 'qwen3'
    ? qwen3Pass(crew, kernels, model, job, host)
    : bertPass(crew, kernels, model, job);
}

function runJob(bench: Bench, id: number, job: Job): Answer {
  try {
    const steps = programOf(bench, job);
    while (!steps.next().done);
    return { kind: 'done', id };
  } catch (error) {
    // The others would wait for this thread at their next barrier.
    bench.crew.cancel();
    if (error instanceof Cancelled) return { kind: 'done', id };
    return { kind: 'failed', id, error: toWire(error) };
  }
}
