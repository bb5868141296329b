import { NearfieldError, reindexed, roomForRows, throwIfAborted } from '../contract/index.ts';
import type { EmbedContext, EmbedRequest, EmbedRows, EmbedTexts } from '../contract/index.ts';
import { keyMaker } from './key.ts';
import { monotonic } from './progress.ts';
import { ResilientStore } from './resilient.ts';
import { checkedRows, fault } from './soundness.ts';
import type { CachedVector, CacheEntry, VectorStore } from './store.ts';

/** How the texts of one call were answered; the two add up to their number. */
export interface LookupCounts {
  /** Texts answered without the model: found in the store, or repeated within the call. */
  hits: number;
  /** Texts sent to the model. */
  misses: number;
}

export interface CachedOptions {
  /** Equal for two moments exactly when their vectors may be mixed (`LoadedModel.identity`). */
  identity: (signal?: AbortSignal) => Promise<string>;
  /** Called once, when the store fails and vectors are kept in memory instead. */
  onWarning: (error: NearfieldError) => void;
  /** Called once per successful call. */
  onLookup?: (counts: LookupCounts) => void;
}

/** A second change of device or width within one call may happen; a third is a fault. */
const MOST_CHANGES = 2;

/**
 * Misses sent on and stored together. What is stored stays when the call is aborted or the tab
 * dies, and a piece is written in a few tens of milliseconds.
 */
const PIECE = 64;

/**
 * `embed` that asks `store` first. Takes over `store`'s failures, not its closing.
 *
 * A vector that is not finite and of norm 1 is neither stored (`bad-vector`) nor believed (it is
 * embedded again). Vectors are on the disk, or wherever the store keeps them, when a call ends.
 */
export function cached(embed: EmbedTexts, store: VectorStore, options: CachedOptions): EmbedTexts {
  const resilient = new ResilientStore(store, options.onWarning);
  return async (request, context) => {
    throwIfAborted(context.signal);
    const lookup = new Lookup(embed, resilient, request, context);
    const rows = await lookup.run(await options.identity(context.signal));
    options.onLookup?.({ hits: request.texts.length - lookup.misses, misses: lookup.misses });
    return rows;
  };
}

/** One call: its distinct texts, and what is known of each so far; all known are of one width. */
class Lookup {
  misses = 0;
  readonly #embed: EmbedTexts;
  readonly #store: VectorStore;
  readonly #request: EmbedRequest;
  readonly #context: EmbedContext;
  /** How often each distinct text is there. */
  readonly #repeats = new Map<string, number>();
  readonly #texts: readonly string[];
  /** All of `#texts` before this one are known. */
  #next = 0;
  readonly #known = new Map<string, CachedVector>();
  #width: number | undefined;
  #answered = 0;
  #changes = 0;
  readonly #report: ReturnType<typeof monotonic>;

  constructor(embed: EmbedTexts, store: VectorStore, request: EmbedRequest, context: EmbedContext) {
    this.#embed = embed;
    this.#store = store;
    this.#request = request;
    this.#context = context;
    for (const text of request.texts) {
      this.#repeats.set(text, (this.#repeats.get(text) ?? 0) + 1);
    }
    // Texts of like length go together, so that little is padded.
    this.#texts = [...this.#repeats.keys()].sort((a, b) => b.length - a.length);
    this.#report = monotonic(request.texts.length, context.onProgress);
  }

  async run(identity: string): Promise<EmbedRows> {
    let current = identity;
    await this.#recall(current);
    for (;;) {
      const missing = this.#missing(PIECE);
      this.#report(this.#answered);
      if (missing.length === 0) return this.#rows(current);
      const rows = await this.#compute(missing);
      const changed = rows.identity !== current;
      current = rows.identity;
      await this.#learn(missing, rows, changed);
      if (changed) await this.#recall(current);
    }
  }

  /** The next texts that are not known, up to `most`. */
  #missing(most: number): string[] {
    const missing: string[] = [];
    for (let i = this.#next; i < this.#texts.length && missing.length < most; i++) {
      const text = this.#texts[i] ?? '';
      if (!this.#known.has(text)) missing.push(text);
      else if (missing.length === 0) this.#next = i + 1;
    }
    return missing;
  }

  /** Looks up what is not known yet; rows of another width than the rest are left out. */
  async #recall(identity: string): Promise<void> {
    const missing = this.#missing(Number.POSITIVE_INFINITY);
    const found = await this.#store.getMany(missing.map(keyMaker(identity, this.#request.prefix)));
    throwIfAborted(this.#context.signal);
    for (const [i, text] of missing.entries()) {
      const hit = found[i];
      if (!hit || fault(hit.vector) !== undefined) continue;
      if (hit.vector.length !== (this.#width ?? hit.vector.length)) continue;
      this.#refuseCut(text, hit);
      this.#know(text, hit);
    }
  }

  #refuseCut(text: string, { tokens, truncated }: CachedVector): void {
    if (!truncated || this.#request.truncate) return;
    throw new NearfieldError(
      'bad-input',
      `The text is longer than the model's limit (${tokens} tokens were read), and truncate is false.`,
      { index: this.#request.texts.indexOf(text) },
    );
  }

  #know(text: string, value: CachedVector): void {
    this.#known.set(text, value);
    this.#width = value.vector.length;
    this.#answered += this.#repeats.get(text) ?? 0;
  }

  /** What is known is of another model, or was stored wrongly: all of it is asked for anew. */
  #forget(): void {
    if (++this.#changes > MOST_CHANGES) throw unsettled();
    this.#known.clear();
    this.#width = undefined;
    this.#answered = 0;
    this.#next = 0;
  }

  async #compute(missing: readonly string[]): Promise<EmbedRows> {
    const before = this.#answered;
    const total = this.#request.texts.length;
    this.misses += missing.length;
    return this.#embed(
      { ...this.#request, texts: missing },
      {
        ...this.#context,
        onProgress: ({ done, share }) => {
          this.#report(before + done, (before + share * missing.length) / total);
        },
      },
    ).catch((error: unknown) => {
      throw this.#placed(error, missing);
    });
  }

  async #learn(missing: readonly string[], rows: EmbedRows, changed: boolean): Promise<void> {
    const vectors = this.#checked(rows, missing);
    const width = vectors[0]?.length;
    if (changed || (this.#width ?? width) !== width) this.#forget();
    const key = keyMaker(rows.identity, this.#request.prefix);
    const entries: CacheEntry[] = [];
    for (const [i, text] of missing.entries()) {
      const vector = vectors[i];
      if (!vector) continue;
      const value = { vector, tokens: rows.tokens[i] ?? 0, truncated: rows.truncated[i] === 1 };
      this.#know(text, value);
      entries.push({ key: key(text), ...value });
    }
    await this.#store.putMany(entries);
  }

  #checked(rows: EmbedRows, missing: readonly string[]): Float32Array<ArrayBuffer>[] {
    try {
      return checkedRows(rows, missing.length);
    } catch (error) {
      throw this.#placed(error, missing);
    }
  }

  /** An error about a text that was sent on, with the caller's own number for that text. */
  #placed(error: unknown, missing: readonly string[]): unknown {
    if (!(error instanceof NearfieldError) || error.index === undefined) return error;
    const text = missing[error.index];
    if (text === undefined) return error;
    return reindexed(error, this.#request.texts.indexOf(text));
  }

  #rows(identity: string): EmbedRows {
    const { texts } = this.#request;
    const values = texts.map((text) => this.#known.get(text));
    const width = values[0]?.vector.length ?? 0;
    const data = roomForRows(texts.length, width);
    for (const [i, value] of values.entries()) if (value) data.set(value.vector, i * width);
    return {
      data,
      tokens: Uint32Array.from(values, (value) => value?.tokens ?? 0),
      truncated: Uint8Array.from(values, (value) => (value?.truncated ? 1 : 0)),
      identity,
    };
  }
}

function unsettled(): NearfieldError {
  return new NearfieldError('device-lost', 'The model changed again and again during one call.');
}
