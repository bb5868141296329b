/** The threads that compute: started, given jobs, and watched. */

import { fromWire, NearfieldError, throwIfAborted, type WireError } from '../../contract/index.ts';
import { instantiateKernels } from '../../kernels/index.ts';
import { Cancelled, Crew, CREW_BYTES } from './crew.ts';
import type { EngineMemory } from './memory.ts';
import type { PackedModel } from './packed.ts';
import type { PassHost } from './pass.ts';
import { programOf, type Answer, type Bench, type Job, type Order } from './thread.ts';

/** One more thread of the host: a worker of the browser, or one of Node's. */
export interface ThreadHandle {
  post(order: Order): void;
  onAnswer(listener: (answer: Answer) => void): void;
  /** Told once when the thread ends, errs or cannot start. */
  onDeath(listener: (reason: string) => void): void;
  terminate(): void;
}

/** Starts a thread that runs `serveThread`. */
export type SpawnThread = () => ThreadHandle;

/** Time that a thread has to start, and to stop a job that was given up. */
const PATIENCE_MS = 20_000;
/** Messages (aborts, deaths) are heard this often in the midst of a job. */
const BREATH_MS = 40;

export interface JobOptions extends PassHost {
  /** Heard within a tenth of a second or a task, whichever is longer. */
  signal?: AbortSignal | undefined;
  /** Told as often what the program's steps have cost so far. */
  onWork?: ((done: number) => void) | undefined;
  /** Asked as often: while it says so, this thread does nothing more for the job. */
  standStill?: (() => boolean) | undefined;
}

/** Threads over one memory; the calling thread is the first of them. */
export class Team {
  readonly #bench: Bench;
  /** The same thread as if there were no others. */
  readonly #aside: Bench;
  readonly #others: readonly Other[];
  #jobs = 0;

  /** Throws `worker-crashed` where a thread does not start. */
  static async open(
    count: number,
    module: WebAssembly.Module,
    { memory }: EngineMemory,
    spawn: SpawnThread,
  ): Promise<Team> {
    const words = count > 1 ? new SharedArrayBuffer(CREW_BYTES) : new ArrayBuffer(CREW_BYTES);
    const bench = { crew: new Crew(0, count, words), kernels: instantiateKernels(module, memory) };
    const others: Other[] = [];
    try {
      for (let index = 1; index < count; index++) {
        const start = { kind: 'start', index, count, memory, module } as const;
        others.push(new Other(spawn(), { ...start, words: words as SharedArrayBuffer }));
      }
      await Promise.all(others.map((other) => other.started()));
    } catch (error) {
      for (const other of others) other.end();
      throw error;
    }
    return new Team(bench, others);
  }

  private constructor(bench: Bench, others: readonly Other[]) {
    this.#bench = bench;
    this.#aside = { ...bench, crew: new Crew(0, 1, new ArrayBuffer(CREW_BYTES)) };
    this.#others = others;
  }

  get threads(): number {
    return this.#bench.crew.count;
  }

  /** Why no more jobs can be run. */
  get death(): NearfieldError | undefined {
    return this.#others.find((other) => other.death)?.death;
  }

  /** Tells every thread of the model that passes are about. */
  use(model: PackedModel): void {
    this.#bench.model = model;
    this.#aside.model = model;
    for (const other of this.#others) other.post({ kind: 'model', model });
  }

  /**
   * Runs a job on all threads. One at a time.
   * Throws `aborted`, `worker-crashed` (then `death` is set), and what a thread threw.
   */
  async run(job: Job, options: JobOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    const id = ++this.#jobs;
    this.#bench.crew.reset();
    for (const other of this.#others) other.post({ kind: 'job', id, job });
    try {
      await this.#drive(this.#bench, job, options);
    } catch (error) {
      throw await this.#giveUp(id, error);
    }
  }

  /**
   * Runs a job on the calling thread alone, also in the midst of another that stands still. One at a
   * time. Throws as `run` does.
   */
  async runAside(job: Job, options: JobOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    this.#aside.crew.reset();
    await this.#drive(this.#aside, job, options);
  }

  close(): void {
    for (const other of this.#others) other.end();
  }

  async #drive(bench: Bench, job: Job, options: JobOptions): Promise<void> {
    const { signal, onWork, standStill } = options;
    const steps = programOf(bench, job, options);
    let breath = performance.now();
    while (!steps.next().done) {
      throwIfAborted(signal);
      if (performance.now() - breath < BREATH_MS) continue;
      onWork?.(bench.crew.done);
      do {
        bench.crew.breathe();
        await nextTask();
        if (this.death) throw this.death;
        throwIfAborted(signal);
      } while (standStill?.());
      breath = performance.now();
    }
  }

  /** Gets every thread out of a job; gives the reason to tell. */
  async #giveUp(id: number, error: unknown): Promise<unknown> {
    this.#bench.crew.cancel();
    const failures = await Promise.all(this.#others.map((other) => other.stopped(id)));
    if (!(error instanceof Cancelled)) return error;
    const failure = failures.find((each) => each !== undefined);
    return this.death ?? (failure ? fromWire(failure) : error);
  }
}

/** Another thread, from the first one's side. */
class Other {
  readonly #handle: ThreadHandle;
  #waiting: (() => void)[] = [];
  #ready = false;
  #lastJob = 0;
  #failure: WireError | undefined;
  death: NearfieldError | undefined;

  constructor(handle: ThreadHandle, start: Order) {
    this.#handle = handle;
    handle.onAnswer((answer) => {
      if (answer.kind === 'ready') this.#ready = true;
      else {
        this.#lastJob = answer.id;
        this.#failure = answer.kind === 'failed' ? answer.error : undefined;
      }
      this.#notify();
    });
    handle.onDeath((reason) => {
      this.#die(reason);
    });
    handle.post(start);
  }

  post(order: Order): void {
    if (!this.death) this.#handle.post(order);
  }

  async started(): Promise<void> {
    await this.#until(() => this.#ready, 'it does not start');
    if (this.death) throw this.death;
  }

  /** Ends when the thread is out of a job; gives what it failed with. */
  async stopped(id: number): Promise<WireError | undefined> {
    await this.#until(() => this.#lastJob >= id, 'it does not stop');
    return this.#failure;
  }

  end(): void {
    this.#die('it was ended');
  }

  async #until(condition: () => boolean, failure: string): Promise<void> {
    const timer = setTimeout(() => {
      this.#die(failure);
    }, PATIENCE_MS);
    while (!condition() && !this.death) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    clearTimeout(timer);
  }

  #die(reason: string): void {
    this.death ??= new NearfieldError(
      'worker-crashed',
      `A thread of the model stopped: ${reason}. The next call starts new ones.`,
    );
    this.#handle.terminate();
    this.#notify();
  }

  #notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Lets waiting messages be heard; timers would wait 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
