/**
 * Threads that run one program together: each step's tasks are claimed one by one from a shared
 * counter, and a barrier ends the step. With one thread the same program runs without waiting.
 */

import { NearfieldError } from '../../contract/index.ts';

/** A program in steps; it yields wherever thread 0 may look at its messages. */
export type Steps = Generator<void, void, void>;

/** Words in shared memory, each on a cache line of its own. */
const LINE = 16;
const [ARRIVED, CLAIMED, GENERATION, CANCELLED] = [0, LINE, 2 * LINE, 3 * LINE];
const BREATHS = 4 * LINE;

/** Bytes of the shared words. */
export const CREW_BYTES = 5 * LINE * Int32Array.BYTES_PER_ELEMENT;

/** Looks at the barrier before a thread sleeps: some 50 microseconds, longer than most steps end apart. */
const SPINS = 5_000;
/** One sleep; after each, thread 0 may look at its messages. */
const NAP_MS = 20;
/**
 * Naps (10 s awake) without a sign of life after which a thread that does not come is given up; no
 * task takes a second.
 */
const MOST_NAPS = 500;

/** What ends a program that another thread gave up. */
export class Cancelled extends Error {}

/** One thread's place among those that run a program. */
export class Crew {
  readonly index: number;
  readonly count: number;
  readonly #words: Int32Array;
  /** Cost of the steps that are over, and of the one that runs. */
  #over = 0;
  #step = { tasks: 0, cost: 0 };

  /** `words`: CREW_BYTES of memory that all threads share, zero at first. */
  constructor(index: number, count: number, words: ArrayBufferLike) {
    this.index = index;
    this.count = count;
    this.#words = new Int32Array(words, 0, CREW_BYTES / Int32Array.BYTES_PER_ELEMENT);
  }

  /**
   * What is done of the program: of what its steps cost, the step that runs counted by the tasks
   * that any thread has begun.
   */
  get done(): number {
    const { tasks, cost } = this.#step;
    const claimed = Math.min(tasks, Atomics.load(this.#words, CLAIMED));
    return this.#over + (tasks > 0 ? (cost * claimed) / tasks : 0);
  }

  /** Shares out tasks 0 to `tasks` - 1, each done once, and waits until all are done. */
  *share(tasks: number, work: (task: number) => void, cost = 0): Steps {
    this.#step = { tasks, cost };
    for (let task = this.#claim(); task < tasks; task = this.#claim()) {
      work(task);
      yield;
    }
    // All are begun, and others may count the next step's before this thread looks again.
    this.#over += cost;
    this.#step = { tasks: 0, cost: 0 };
    yield* this.barrier();
  }

  /** Ends when every thread has come here. */
  *barrier(): Steps {
    const words = this.#words;
    const generation = Atomics.load(words, GENERATION);
    if (Atomics.add(words, ARRIVED, 1) === this.count - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.store(words, CLAIMED, 0);
      this.#wake();
      return;
    }
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(words, GENERATION) !== generation) return this.#refuseCancelled();
    }
    let breaths = Atomics.load(words, BREATHS);
    for (let nap = 0; Atomics.load(words, GENERATION) === generation; nap++) {
      // Given up between this thread's last claim and its look at the generation.
      this.#refuseCancelled();
      if (Atomics.load(words, BREATHS) !== breaths) {
        breaths = Atomics.load(words, BREATHS);
        nap = 0;
      }
      if (nap >= MOST_NAPS) throw new NearfieldError('worker-crashed', 'A thread does not answer.');
      Atomics.wait(words, GENERATION, generation, NAP_MS);
      yield;
    }
    this.#refuseCancelled();
  }

  /** Tells those that wait at a barrier that this thread lives, and does something else. */
  breathe(): void {
    Atomics.add(this.#words, BREATHS, 1);
  }

  /** Ends the program on every thread, with `Cancelled`. */
  cancel(): void {
    Atomics.store(this.#words, CANCELLED, 1);
    this.#wake();
  }

  /** Ready for the next program. Only while no thread runs one. */
  reset(): void {
    this.#over = 0;
    this.#step = { tasks: 0, cost: 0 };
    for (const word of [ARRIVED, CLAIMED, CANCELLED]) Atomics.store(this.#words, word, 0);
  }

  #claim(): number {
    this.#refuseCancelled();
    return Atomics.add(this.#words, CLAIMED, 1);
  }

  #wake(): void {
    Atomics.add(this.#words, GENERATION, 1);
    Atomics.notify(this.#words, GENERATION);
  }

  #refuseCancelled(): void {
    if (Atomics.load(this.#words, CANCELLED) !== 0)
      throw new Cancelled('The program was given up.');
  }
}
