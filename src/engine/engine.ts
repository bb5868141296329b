import { NearfieldError, type EmbedRequest, type SliceResult } from '../contract/index.ts';
import { planBatches } from './batch.ts';
import { normalizeRows } from './pool.ts';
import type { Runtime } from './runtime.ts';
import type { EncodedText } from './tokenizer.ts';
import type { Tokens } from './tokens.ts';

/** Texts to unit vectors over one runtime. Holds no state between calls. */
export class Engine {
  readonly #tokens: Tokens;
  readonly #runtime: Runtime;
  readonly #identity: string;

  constructor(tokens: Tokens, runtime: Runtime, identity: string) {
    this.#tokens = tokens;
    this.#runtime = runtime;
    this.#identity = identity;
  }

  /** Full-width unit rows in the order of `texts`. Throws `bad-input` with the index of a bad text. */
  async embed({ texts, prefix, truncate }: EmbedRequest): Promise<SliceResult> {
    const started = performance.now();
    const encoded = await this.#tokens.encode(texts.map((text) => prefix + text));
    if (!truncate) refuseTruncated(encoded);
    const data = await this.#rows(encoded);
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

  async #rows(encoded: readonly EncodedText[]): Promise<Float32Array<ArrayBuffer>> {
    const { width, tokenBudget } = this.#runtime;
    const data = new Float32Array(encoded.length * width);
    const lengths = encoded.map(({ ids }) => ids.length);
    for (const batch of planBatches(lengths, tokenBudget)) {
      const rows = await this.#runtime.run(batch.map((i) => encoded[i]?.ids ?? []));
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
