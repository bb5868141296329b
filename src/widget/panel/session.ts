/** Questions and their answers: by words at once, by meaning when it is there. Knows no elements. */

import {
  NearfieldError,
  type Filter,
  type SiteAnswer,
  type SiteIndex,
  type SiteTier,
} from '../../contract/index.ts';

export interface Question {
  query: string;
  filter?: Filter;
  /** Pages like this passage's are asked for. */
  like?: { id: number; title: string };
}

export interface SessionEvents {
  /** @param improves it is a better answer to what was shown, and must not move what is looked at */
  onAnswer(answer: SiteAnswer, question: Question, improves: boolean): void;
  onError(error: unknown): void;
  /** `state`, or whether an answer is waited for, is another. */
  onChange(): void;
}

export interface SessionOptions {
  open(): Promise<SiteIndex>;
  /** Pages of an answer. */
  limit: number;
  /** The tier to search with, beside words. */
  tier(index: SiteIndex): SiteTier;
}

/** Milliseconds that an answer by words waits for a better one, so that most are shown once. */
const GRACE = 120;
/** UTF-16 units of an excerpt: two lines, so that what is marked in it is in sight. */
const SNIPPET = 150;

export class Session {
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  #opening: Promise<SiteIndex> | undefined;
  #asking: AbortController | undefined;
  #question: Question = { query: '' };
  #error: unknown;

  constructor(options: SessionOptions, events: SessionEvents) {
    this.#options = options;
    this.#events = events;
  }

  get question(): Question {
    return this.#question;
  }

  get isSearching(): boolean {
    return this.#asking !== undefined;
  }

  /** Of the last question; undefined where there is an answer. */
  get error(): unknown {
    return this.#error;
  }

  /** The same index for all; opened again after a failure. */
  index(): Promise<SiteIndex> {
    if (this.#opening) return this.#opening;
    const opening = this.#options.open();
    this.#opening = opening;
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }

  /** Answers to what was asked before are dropped, whenever they come. */
  async ask(question: Question): Promise<void> {
    this.#question = question;
    this.#error = undefined;
    if (question.query.trim() === '' && !question.like) return this.stop();
    await this.#during((signal) => this.#answer(question, signal));
  }

  /** Asks again by a tier that is there now, and shows that in place of the answer there is. */
  async improve(): Promise<void> {
    const question = this.#question;
    if (this.#asking || question.like || question.query.trim() === '') return;
    await this.#during(async (signal) => {
      const index = await this.index();
      const answer = await this.#search(index, question, this.#options.tier(index), signal);
      this.#show(answer, question, signal, true);
    });
  }

  async again(): Promise<void> {
    await this.ask(this.#question);
  }

  stop(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    this.#events.onChange();
  }

  async #during(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#events.onChange();
    try {
      await work(asking.signal);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.#error = error;
      this.#events.onError(error);
    } finally {
      if (this.#asking === asking) {
        this.#asking = undefined;
        this.#events.onChange();
      }
    }
  }

  async #answer(question: Question, signal: AbortSignal): Promise<void> {
    const index = await this.index();
    if (question.like) {
      const { filter, like } = question;
      const { limit } = this.#options;
      const options = { limit, signal, snippet: SNIPPET, ...(filter && { filter }) };
      return this.#show(await index.similar(like.id, options), question, signal, false);
    }
    const tier = this.#options.tier(index);
    const words = this.#search(index, question, 'words', signal);
    if (tier === 'words') return this.#show(await words, question, signal, false);
    await this.#byBoth(words, this.#search(index, question, tier, signal), question, signal);
  }

  /** Whichever comes first is shown, but words never after meaning; one of them will do. */
  async #byBoth(
    words: Promise<SiteAnswer>,
    meaning: Promise<SiteAnswer>,
    question: Question,
    signal: AbortSignal,
  ): Promise<void> {
    let shown = false;
    const show = (answer: SiteAnswer): void => {
      this.#show(answer, question, signal, shown);
      shown = true;
    };
    const first = words.then(async (answer) => {
      await Promise.race([meaning, wait(GRACE)]).catch(() => undefined);
      if (!shown) show(answer);
    });
    // Where meaning is there, nobody asks what became of the words.
    first.catch(() => undefined);
    try {
      show(await meaning);
    } catch (error) {
      await first;
      if (!signal.aborted) this.#events.onError(error);
    }
  }

  #search(
    index: SiteIndex,
    { query, filter }: Question,
    tier: SiteTier,
    signal: AbortSignal,
  ): Promise<SiteAnswer> {
    const { limit } = this.#options;
    const options = { limit, tier, signal, snippet: SNIPPET, ...(filter && { filter }) };
    return index.search(query, options);
  }

  #show(answer: SiteAnswer, question: Question, signal: AbortSignal, improves: boolean): void {
    // An index that takes no notice of the signal answers late.
    if (!signal.aborted) this.#events.onAnswer(answer, question, improves);
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The code of an error, also of one that another copy of this package threw. */
export function codeOf(error: unknown): NearfieldError['code'] {
  if (error instanceof NearfieldError) return error.code;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? (code as NearfieldError['code']) : 'internal';
}
