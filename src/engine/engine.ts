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

/** Texts to unit vectors over one runtime. Holds no state between calls but the last prompt's tokens. */
export class Engine {
  readonly #tokens: Tokens;
  readonly #runtime: Runtime;
  readonly #identity: string;
  #prompt: { prefix: string; ids: readonly number[] } | undefined;

  constructor(tokens: Tokens, runtime: Runtime, identity: string) {
    this.#tokens = tokens;
    this.#runtime = runtime;
    this.#identity = identity;
  }

  /**
   * Full-width unit rows in the order of `texts`. `onProgress` is told how much of the work is done,
   * 0 to 1, and never less than before. Throws `bad-input` with the index of a bad text, `aborted`.
   */
  async embed(
    { texts, prefix, truncate }: EmbedRequest,
    options: Pick<RunOptions, 'signal' | 'onProgress'> = {},
  ): Promise<SliceResult> {
    const started = performance.now();
    const encoded = await this.#tokens.encode(texts.map((text) => prefix + text));
    if (!truncate) refuseTruncated(encoded);
    const prompt = await this.#promptOf(prefix);
    const data = await this.#rows(encoded, { ...options, prompt });
    return {
      data,
      tokens: Uint32Array.from(encoded, ({ ids }) => ids.length),
      truncated: Uint8Array.from(encoded, ({ truncated }) => (truncated ? 1 : 0)),
      identity: this.#identity,
      milliseconds: performance.now() - started,
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
