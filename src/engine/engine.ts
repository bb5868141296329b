import {
  NearfieldError,
  throwIfAborted,
  type EmbedRequest,
  type SliceResult,
} from '../contract/index.ts';
import { planBatches } from './batch.ts';
import { normalizeRows } from './pool.ts';
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
   * Full-width unit rows in the order of `texts`. Throws `bad-input` with the index of a bad text,
   * `aborted`.
   */
  async embed(
    { texts, prefix, truncate }: EmbedRequest,
    signal?: AbortSignal,
  ): Promise<SliceResult> {
    const started = performance.now();
    const encoded = await this.#tokens.encode(texts.map((text) => prefix + text));
    if (!truncate) refuseTruncated(encoded);
    const prompt = await this.#promptOf(prefix);
    const data = await this.#rows(encoded, { prompt, signal });
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
    for (const batch of planBatches(lengths, tokenBudget, padded)) {
      throwIfAborted(options.signal);
      const ids = batch.map((i) => encoded[i]?.ids ?? []);
      const rows = await this.#runtime.run(ids, options);
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
