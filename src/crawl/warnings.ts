/** What was not understood on one page, as much of it as anybody reads. */

import type { ProblemCode, Warn } from './page.ts';

/** Of each code. A page of 16 MB has room for half a million. */
const MOST_TOLD = 10;

export class Warnings {
  readonly #byCode = new Map<ProblemCode, { messages: string[]; more: number }>();

  readonly warn: Warn = (code, message, times = 1) => {
    const given = this.#byCode.get(code) ?? { messages: [], more: 0 };
    this.#byCode.set(code, given);
    const isTold = given.messages.length < MOST_TOLD;
    if (isTold) given.messages.push(message);
    given.more += isTold ? times - 1 : times;
  };

  /** In the order of the first one of each code; how many more there are comes last. */
  *told(): Generator<[code: ProblemCode, message: string]> {
    for (const [code, { messages, more }] of this.#byCode) {
      for (const message of messages) yield [code, message];
      if (more > 0) yield [code, `And ${more} more like these on this page.`];
    }
  }

  /** Tells another all of these, and how many more there are. */
  pass(warn: Warn): void {
    for (const [code, { messages, more }] of this.#byCode) {
      messages.forEach((message, i) => warn(code, message, i + 1 < messages.length ? 1 : more + 1));
    }
  }
}
