/** Instructions that many texts begin with: their keys and values are computed once. */

/** Shorter beginnings are not worth the trouble. */
const LEAST_TOKENS = 8;
/** A kept beginning serves in place of one that is this little longer. */
const CLOSE_TOKENS = 8;
/** Keys and values of a beginning, by layer: each float32 [tokens][kvHeads x headDim]. */
export interface KeptPrefix {
  ids: readonly number[];
  keys: Float32Array[];
  values: Float32Array[];
}

/** The first `length` tokens of every sequence of a batch. */
export interface PrefixPlan {
  length: number;
  /** Where their keys and values are known; the kept beginning may be longer. */
  kept?: KeptPrefix;
}

/** Finds what a batch begins with, and keeps the last used beginnings. */
export class PrefixStore {
  readonly #mostBytes: number;
  /** The least recently used first. */
  #kept: KeptPrefix[] = [];

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * What to share in a batch, if anything: the prompt that its texts begin with, or whatever two or
   * more texts do. The last token of a text is never shared.
   *
   * @param prompt tokens of what was put before every text; may be none, or end in others
   */
  plan(
    batch: readonly (readonly number[])[],
    prompt: readonly number[] = [],
  ): PrefixPlan | undefined {
    const [first = []] = batch;
    const shortest = Math.min(...batch.map((ids) => ids.length)) - 1;
    const common = batch.reduce(
      (length, ids) => Math.min(length, commonLength(first, ids)),
      shortest,
    );
    const prompted = Math.min(common, commonLength(first, prompt));
    const alike = batch.length > 1 ? common : 0;
    const length = prompted >= LEAST_TOKENS ? prompted : alike;
    if (length < LEAST_TOKENS) return undefined;
    const best = this.#best(first, length);
    return best && best.length >= length - CLOSE_TOKENS ? best : { length };
  }

  /** Whether so many bytes can be kept at all. */
  fits(bytes: number): boolean {
    return bytes <= this.#mostBytes;
  }

  /** Keeps what a pass computed, which `fits`; the oldest go where there are too many bytes. */
  keep(prefix: KeptPrefix): void {
    const { length } = prefix.ids;
    // A run beside this one may have kept the same.
    const others = this.#kept.filter(
      ({ ids }) => ids.length !== length || commonLength(ids, prefix.ids) < length,
    );
    this.#kept = [...others, prefix];
    let bytes = this.#kept.reduce((sum, each) => sum + bytesOf(each), 0);
    while (bytes > this.#mostBytes) bytes -= bytesOf(this.#kept.shift()!);
  }

  #best(ids: readonly number[], most: number): Required<PrefixPlan> | undefined {
    let best: Required<PrefixPlan> | undefined;
    for (const kept of this.#kept) {
      const length = Math.min(most, commonLength(kept.ids, ids));
      if (length >= LEAST_TOKENS && length > (best?.length ?? 0)) best = { length, kept };
    }
    if (!best) return undefined;
    const { kept } = best;
    this.#kept = [...this.#kept.filter((each) => each !== kept), kept];
    return best;
  }
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}

function bytesOf({ keys, values }: KeptPrefix): number {
  return [...keys, ...values].reduce((sum, each) => sum + each.byteLength, 0);
}
