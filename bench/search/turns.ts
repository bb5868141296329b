/** Sides ask in turns; what they answered, and how much of it is right. */

import type { Page } from 'playwright';
import type { Name, Way } from './contestant.ts';
import type {} from './page.ts';

/** A side as it takes part: a way of ours, or a rival. */
export interface Entry {
  name: Name;
  /** What its case adds to the number of rows. */
  label: string;
  way: Way;
  /** It takes a tenth of a second and more: it is asked less. */
  isSlow: boolean;
}

export interface Answered {
  /** Milliseconds of each question. */
  ms: number[];
  /** By number of the question. */
  rows: Map<number, number[]>;
}

/** Questions of a round; each round asks others. */
const QUESTIONS = 20;
const SLOW_QUESTIONS = 4;

/** Rounds before those that count: compilers take their time. */
const WARM_UP = 5;

/** @param again asks the questions that count once before, so that what they read is there */
export async function takeTurns(
  page: Page,
  entries: readonly Entry[],
  rounds: number,
  again: boolean,
): Promise<Answered[]> {
  const answers = entries.map((): Answered => ({ ms: [], rows: new Map() }));
  if (again) {
    for (const { name, way } of entries) {
      await ask(page, name, WARM_UP * QUESTIONS, rounds * QUESTIONS, way);
    }
  }
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [i, { name, way, isSlow }] of entries.entries()) {
      if (isSlow && round < -1) continue;
      const from = (WARM_UP + round) * QUESTIONS;
      const { ms, rows } = await ask(page, name, from, isSlow ? SLOW_QUESTIONS : QUESTIONS, way);
      if (round < 0) continue;
      answers[i]!.ms.push(...ms);
      for (const [number, found] of rows.entries()) answers[i]!.rows.set(from + number, found);
    }
  }
  return answers;
}

function ask(page: Page, name: Name, from: number, count: number, way: Way) {
  return page.evaluate(([name, from, to, way]) => globalThis.ask(name, from, to, way), [
    name,
    from,
    from + count,
    way,
  ] as const);
}

/** Mean share of the exact rows that were found. */
export function recallOf(answers: Answered, exact: Answered): number {
  let share = 0;
  for (const [number, rows] of answers.rows) {
    const wanted = exact.rows.get(number)!;
    share += rows.filter((row) => wanted.includes(row)).length / wanted.length;
  }
  return share / answers.rows.size;
}
