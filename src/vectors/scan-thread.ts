/**
 * A second thread that works on half of the rows, over shared memory. Between searches it sleeps on a
 * word of a control block, so it hears no messages; whoever made its worker terminates it.
 */

import { instantiateSearchKernels, type SearchKernels } from '../kernels/index.ts';

/** What can be shared out: kernels that work on a range of rows or on a part of a list. */
const SCANS = ['scanBits', 'measureRows', 'scanBytes', 'scoreRows'] as const;
export type ScanName = (typeof SCANS)[number];

/** Control block: int32 state and scan at bytes 0 and 4, arguments as float64 from byte 8 on. */
const ARGUMENTS = 10;
const CONTROL_BYTES = 8 + 8 * ARGUMENTS;

/** States of the control block's first word, which is 0 until the thread has started. */
const IDLE = 1;
const GIVEN = 2;
const TAKEN = 3;
const DONE = 4;

/**
 * How long either side looks out for the other before it goes to sleep: waking takes 50 to 300 µs, and
 * the scans of a search follow each other within less than this.
 */
const LOOKOUT_MS = 0.1;

/** Looks at the word between looks at the clock. */
const LOOKS = 64;

/** A scan takes milliseconds: a thread that is silent for so long is dead. */
const PATIENCE_MS = 2000;

/** What is posted to a worker that calls `serveScans`. */
export interface ScanStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  control: SharedArrayBuffer;
}

/** The side that gives scans away. It waits without letting go of its thread: not for a page. */
export class ScanThread {
  readonly #state: Int32Array<SharedArrayBuffer>;
  readonly #arguments: Float64Array<SharedArrayBuffer>;
  #dead = false;
  #roused = false;

  /** @param worker one whose script calls `serveScans` */
  constructor(worker: Worker, module: WebAssembly.Module, memory: WebAssembly.Memory) {
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#state = new Int32Array(control);
    this.#arguments = new Float64Array(control, 8);
    worker.postMessage({ module, memory, control } satisfies ScanStart);
  }

  /** It has started, and answered so far. */
  get isReady(): boolean {
    return !this.#dead && Atomics.load(this.#state, 0) > 0;
  }

  /** It can be given a scan of a search that it was woken for. */
  get isFree(): boolean {
    if (this.#dead || !this.#roused) return false;
    const state = Atomics.load(this.#state, 0);
    return state === IDLE || state === DONE;
  }

  /** Wakes it for the search that begins, so that it looks out for scans. */
  rouse(): void {
    this.#roused = true;
    Atomics.notify(this.#state, 0);
  }

  /** Leaves it asleep over the search that begins. */
  rest(): void {
    this.#roused = false;
  }

  give<N extends ScanName>(name: N, values: Parameters<SearchKernels[N]>): void {
    this.#arguments.set(values);
    this.#state[1] = SCANS.indexOf(name);
    Atomics.store(this.#state, 0, GIVEN);
    Atomics.notify(this.#state, 0);
  }

  /**
   * Waits for the end of what was given last; false where the thread has not begun it, and will not, or
   * died over it.
   */
  join(): boolean {
    if (Atomics.compareExchange(this.#state, 0, GIVEN, IDLE) === GIVEN) return false;
    while (lookOut(this.#state, TAKEN) === TAKEN) {
      if (Atomics.wait(this.#state, 0, TAKEN, PATIENCE_MS) === 'timed-out') {
        this.#dead = true;
        return false;
      }
    }
    Atomics.store(this.#state, 0, IDLE);
    return true;
  }
}

/** What a worker does that was made to scan. */
export function serveScans(scope: {
  onmessage: ((event: MessageEvent<ScanStart>) => void) | null;
}): void {
  scope.onmessage = ({ data }) => {
    const kernels = instantiateSearchKernels(data.module, data.memory);
    const state = new Int32Array(data.control);
    const values = new Float64Array(data.control, 8);
    Atomics.store(state, 0, IDLE);
    for (;;) {
      const seen = Atomics.load(state, 0);
      if (seen === GIVEN) {
        if (Atomics.compareExchange(state, 0, GIVEN, TAKEN) !== GIVEN) continue;
        runScan(kernels, SCANS[state[1]!]!, values);
        Atomics.store(state, 0, DONE);
        Atomics.notify(state, 0);
      } else if (lookOut(state, seen) === seen) Atomics.wait(state, 0, seen);
    }
  };
}

/** The state once it is another than `seen`, or `seen` after a while. */
function lookOut(state: Int32Array<SharedArrayBuffer>, seen: number): number {
  const until = performance.now() + LOOKOUT_MS;
  do {
    for (let look = 0; look < LOOKS; look++) {
      const found = Atomics.load(state, 0);
      if (found !== seen) return found;
    }
  } while (performance.now() < until);
  return seen;
}

/** @param given the whole control block's arguments: the last ones may be left over */
function runScan(kernels: SearchKernels, name: ScanName, given: Float64Array): void {
  (kernels as Record<ScanName, (...values: number[]) => void>)[name](...given);
}
