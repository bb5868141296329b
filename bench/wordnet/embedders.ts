/** Several processes with a starter each: on cores that others use too, they do better than threads, which wait for each other. */

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Prompts, Simd } from '../../src/contract/index.ts';

/** What a process is asked. */
export interface Order {
  texts: readonly string[];
  kind: keyof Prompts;
}

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

export class Embedders {
  readonly count: number;
  readonly #children: ChildProcess[];
  /** Each settles when its process is free. */
  readonly #free: Promise<unknown>[];
  #next = 0;

  constructor(count: number, simd: Simd) {
    this.count = count;
    this.#children = Array.from({ length: count }, () =>
      fork(CHILD, [simd], { serialization: 'advanced' }),
    );
    this.#free = this.#children.map(() => Promise.resolve());
  }

  /** Unit rows, from the processes in turn. Rejects where a process ends. */
  embed(order: Order): Promise<Float32Array> {
    const turn = this.#next++ % this.count;
    const answer = this.#free[turn]!.then(() => answerOf(this.#children[turn]!, order));
    this.#free[turn] = answer;
    return answer;
  }

  close(): void {
    for (const child of this.#children) child.kill();
  }
}

function answerOf(child: ChildProcess, order: Order): Promise<Float32Array> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`A process that embeds ended with code ${code}`));
    };
    child.once('exit', ended);
    child.once('message', (data) => {
      child.off('exit', ended);
      resolve(data as Float32Array);
    });
    child.send(order);
  });
}
