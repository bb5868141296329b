import { Tokenizer } from '@huggingface/tokenizers';
import { NearfieldError, messageOf } from '../contract/index.ts';

export interface EncodedText {
  /** Token ids with the special tokens around them. */
  ids: readonly number[];
  /** The text was longer than the limit and was cut. */
  truncated: boolean;
}

export interface TokenizerOptions {
  /** Most tokens of an input, special tokens counted in. */
  maxTokens: number;
  /** Token that must end every input, where the tokenizer's template leaves it out. */
  endTokenId?: number;
}

/** The tokenizers library with truncation as the models were trained: cut first, then special tokens. */
export class TextTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #before: readonly number[];
  readonly #after: readonly number[];
  readonly #room: number;

  /** Throws `bad-model` when the files are no tokenizer, `bad-input` when the limit leaves no room. */
  constructor(tokenizerJson: unknown, config: unknown, options: TokenizerOptions) {
    this.#tokenizer = build(tokenizerJson, config);
    const [before, after] = specialTokens(this.#tokenizer);
    const { endTokenId, maxTokens } = options;
    // Early copies of Qwen3's tokenizer.json lack the post-processor that appends the pooled token.
    if (endTokenId !== undefined && after.at(-1) !== endTokenId) after.push(endTokenId);
    this.#before = before;
    this.#after = after;
    this.#room = maxTokens - before.length - after.length;
    if (this.#room < 1) {
      throw new NearfieldError(
        'bad-input',
        `maxTokens: expected more than the ${before.length + after.length} special tokens, got ${maxTokens}.`,
      );
    }
  }

  encode(text: string): EncodedText {
    return this.#encode(text, this.#room);
  }

  /** Whatever the caller's limit is: for texts of our own. */
  encodeWhole(text: string): EncodedText {
    return this.#encode(text, Infinity);
  }

  /** Tokens of a text, without the special ones around it. */
  count(text: string): number {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  }

  #encode(text: string, room: number): EncodedText {
    const { ids } = this.#tokenizer.encode(text, { add_special_tokens: false });
    const truncated = ids.length > room;
    const kept = truncated ? ids.slice(0, room) : ids;
    return { ids: [...this.#before, ...kept, ...this.#after], truncated };
  }
}

function build(tokenizerJson: unknown, config: unknown): Tokenizer {
  if (typeof tokenizerJson !== 'object' || tokenizerJson === null) {
    throw new NearfieldError('bad-model', 'tokenizer.json: expected an object.');
  }
  try {
    return new Tokenizer(
      tokenizerJson,
      typeof config === 'object' && config !== null ? config : {},
    );
  } catch (error) {
    throw new NearfieldError('bad-model', `tokenizer.json cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What the tokenizer's template puts before and after a text. */
function specialTokens(tokenizer: Tokenizer): [before: number[], after: number[]] {
  const all = tokenizer.encode('a').ids;
  const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const start = all.findIndex((_, at) => bare.every((id, i) => all[at + i] === id));
  if (bare.length === 0 || start < 0) {
    throw new NearfieldError('bad-model', 'tokenizer.json: its template changes the text itself.');
  }
  return [all.slice(0, start), all.slice(start + bare.length)];
}
