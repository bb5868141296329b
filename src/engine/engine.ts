import {
  NearfieldError,
  throwIfAborted,
  type EmbedRequest,
  type SliceResult,
} from '../contract/index.ts';
import { planBatches } from './batch.ts';
import { normalizeRows } from './pool.ts';
import { BatchProgress } from './progress.ts';
import type { RunOptions, Runtime } from './runtime.ts';
import type { EncodedText } from './tokenizer.ts';
import type { Tokens } from './tokens.ts';

export interface EngineOptions extends Pick<RunOptions, 'signal' | 'onProgress'> {
  /** @default false */
  urgent?: boolean;
}

/** Texts to unit vectors over one runtime. Holds no state between calls but the last prompt's tokens. */
export class Engine {
  readonly #tokens: Tokens;
  readonly #runtime: Runtime;
  readonly #identity: string;
  /** Calls that a run in progress makes way for. */
  #urgent = 0;
  #prompt: { prefix: string; ids: readonly number[] } | undefined;

  constructor(tokens: Tokens, runtime: Runtime, identity: string) {
    this.#tokens = tokens;
    this.#runtime = runtime;
    this.#identity = identity;
  }

  /**
   * Full-width unit rows in the order of `texts`. `onProgress` is told how much of the work is done,
   * 0 to 1, and never less than before. An `urgent` call is for a call in progress to make way for.
   * Throws `bad-input` with the index of a bad text, `aborted`.
   */
  async embed(
    { texts, prefix, truncate }: EmbedRequest,
    { urgent = false, signal, onProgress }: EngineOptions = {},
  ): Promise<SliceResult> {
    const started = performance.now();
    const clear = this.#makeWay(urgent);
    try {
      const encoded = await this.#tokens.encode(texts.map((text) => prefix + text));
      if (!truncate) refuseTruncated(encoded);
      const prompt = await this.#promptOf(prefix);
      const tokens = encoded.reduce((sum, { ids }) => sum + ids.length, 0);
      const aside = urgent && tokens <= (this.#runtime.asideTokens ?? 0);
      // What waits for the run in progress must not hold it up.
      if (!aside) clear();
      const standStill = aside ? undefined : (): boolean => this.#urgent > 0;
      const data = await this.#rows(encoded, { signal, onProgress, prompt, aside, standStill });
      return this.#result(encoded, data, performance.now() - started);
    } finally {
      clear();
    }
  }

  /** Until what this gives is called, runs in progress stand still. */
  #makeWay(urgent: boolean): () => void {
    let held = urgent ? 1 : 0;
    this.#urgent += held;
    return () => {
      this.#urgent -= held;
      held = 0;
    };
  }

  #result(
    encoded: readonly EncodedText[],
    data: Float32Array<ArrayBuffer>,
    milliseconds: number,
  ): SliceResult {
    return {
      data,
      tokens: Uint32Array.from(encoded, ({ ids }) => ids.length),
      truncated: Uint8Array.from(encoded, ({ truncated }) => (truncated ? 1 : 0)),
      identity: this.#identity,
      milliseconds,
    };
  }

  /** Unit vectors of texts that carry their prompt already, run as one batch. */
  async embedTogether(texts: readonly string[]): Promise<Float32Array[]> {
    const { width } = this.#runtime;
    const encoded = await this.#tokens.encode(texts, true);
    const rows = await this.#runtime.run(encoded.map(({ ids }) => ids));
    normalizeRows(rows, width);
    return texts.map((_, row) => rows.subarray(row * width, (row + 1) * width));
  }

  /** Tokens of a prompt, which most calls share. */
  async #promptOf(prefix: string): Promise<readonly number[]> {
    if (prefix === '') return [];
    if (this.#prompt?.prefix !== prefix) {
      const [encoded] = await this.#tokens.encode([prefix], true);
      this.#prompt = { prefix, ids: encoded?.ids ?? [] };
    }
    return this.#prompt.ids;
  }

  async #rows(
    encoded: readonly EncodedText[],
    options: RunOptions,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { width, tokenBudget, padded } = this.#runtime;
    const data = new Float32Array(encoded.length * width);
    const lengths = encoded.map(({ ids }) => ids.length);
    const batches = planBatches(lengths, tokenBudget, padded);
    const progress = new BatchProgress(lengths, options.onProgress);
    for (const batch of batches) {
      throwIfAborted(options.signal);
      const ids = batch.map((i) => encoded[i]?.ids ?? []);
      const onProgress = progress.next(batch);
      const rows = await this.#runtime.run(ids, { ...options, onProgress });
      onProgress(1);
      batch.forEach((i, row) => {
        data.set(rows.subarray(row * width, (row + 1) * width), i * width);
      });
    }
    normalizeRows(data, width);
    return data;
  }
}

function refuseTruncated(encoded: readonly EncodedText[]): void {
  const index = encoded.findIndex(({ truncated }) => truncated);
  if (index < 0) return;
  const limit = encoded[index]?.ids.length ?? 0;
  throw new NearfieldError(
    'bad-input',
    `texts[${index}] is longer than the model's ${limit} tokens. Cut it, or leave \`truncate\` on.`,
    { index },
  );
}
