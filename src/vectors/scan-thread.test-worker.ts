/** An index beside its second thread: one script for both, told apart by name. */

import { loadSearchModule } from './load.ts';
import { serveScans } from './scan-thread.ts';
import { VectorIndex } from './vector-index.ts';

/** 4.6 MB of bits: as much as is shared out. */
const [ROWS, DIMENSIONS] = [36_000, 1024];

export interface Outcome {
  /** Row numbers of all answers, of one thread and of two. */
  alone: number[];
  together: number[];
  /** Those of two threads after the second one was ended. */
  after: number[];
}

/** Seeded rows around 100 centres. */
function makeRows(): Float32Array {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const centres = Float32Array.from({ length: 100 * DIMENSIONS }, random);
  return Float32Array.from({ length: ROWS * DIMENSIONS }, (_, i) => {
    const [row, value] = [Math.floor(i / DIMENSIONS), i % DIMENSIONS];
    return centres[(row % 100) * DIMENSIONS + value]! + random() / 2;
  });
}

async function answers(index: VectorIndex, questions: Float32Array): Promise<number[]> {
  const found: number[] = [];
  for (let number = 0; number < 20; number++) {
    for (const exact of [true, false]) {
      const question = questions.subarray(number * DIMENSIONS, (number + 1) * DIMENSIONS);
      const { rows } = await index.search(question, 10, { exact });
      found.push(...rows);
    }
  }
  return found;
}

async function compare(): Promise<Outcome> {
  const module = await loadSearchModule('auto', true);
  const worker = new Worker(self.location.href, { type: 'module', name: 'scan' });
  const rows = makeRows();
  const single = new VectorIndex(module, DIMENSIONS);
  const double = new VectorIndex(module, DIMENSIONS, { worker });
  single.add(rows);
  double.add(rows);
  while (!double.isParallel) await new Promise((resolve) => setTimeout(resolve, 5));
  const alone = await answers(single, rows);
  const together = await answers(double, rows);
  worker.terminate();
  return { alone, together, after: await answers(double, rows) };
}

if (self.name === 'scan') serveScans(self);
else void compare().then((outcome) => self.postMessage(outcome));
