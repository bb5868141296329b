/**
 * Pieces of a model's own tokenizer, each with what it costs to use: one kind of vocabulary for all
 * models.
 *
 * A light encoder does not cut texts as its model does. It takes the model's pieces, and the cheapest
 * row of them that makes up a word (segmenter.ts), whatever algorithm the model's tokenizer uses:
 * the encoder is fitted and asked with the same cuts, so nothing is gained by the model's own, and
 * neither merges nor a normaliser's table have to be shipped. Upper case is folded, since
 * searchers leave it out.
 */

import { NearfieldError } from '../contract/index.ts';
import { plain, WORD_START } from './normalise.ts';

/** Folded pieces with their costs, both in one order. */
export interface Vocabulary {
  pieces: readonly string[];
  /** Negative logarithm of a piece's likelihood, in eighths; whole numbers, so that sums are exact. */
  costs: Uint8Array;
}

const COST_STEP = 8;
const HIGHEST_COST = 255;

/**
 * Of a parsed `tokenizer.json`. Unigram models say how likely a piece is (Kudo, "Subword
 * regularization", 2018). BPE models list pieces in the order in which they were merged, likely ones
 * first: by Zipf's law the logarithm of the rank takes the likelihood's place.
 * Throws `unsupported-model` where the tokenizer is of another kind.
 */
export function vocabularyOf(tokenizerJson: unknown): Vocabulary {
  const { model, added_tokens: added = [] } = (tokenizerJson ?? {}) as TokenizerJson;
  const special = new Set(added.map(({ content }) => content));
  if (model?.type === 'Unigram' && Array.isArray(model.vocab)) {
    const scored = model.vocab as readonly Scored[];
    return gathered(scored.filter(([piece]) => !special.has(piece)));
  }
  if (model?.type === 'BPE' && typeof model.vocab === 'object') {
    const ranked = Object.entries(model.vocab as Record<string, number>);
    return gathered(
      ranked.flatMap(([piece, rank]): Scored[] => {
        const text = special.has(piece) ? undefined : textOfBytes(piece);
        return text === undefined ? [] : [[text, -Math.log(rank + 2)]];
      }),
    );
  }
  throw new NearfieldError(
    'unsupported-model',
    `tokenizer.json: expected a Unigram or BPE model, got ${String(model?.type)}. ` +
      'A light encoder cannot be fitted to this model.',
  );
}

type Scored = readonly [piece: string, score: number];

interface TokenizerJson {
  model?: { type?: string; vocab?: readonly Scored[] | Record<string, number> };
  added_tokens?: readonly { content: string }[];
}

/** Pieces that fold to the same are one, as likely as the likeliest. */
function gathered(scored: Iterable<Scored>): Vocabulary {
  const costs = new Map<string, number>();
  for (const [raw, score] of scored) {
    const piece = folded(raw);
    if (piece === '') continue;
    const cost = Math.min(HIGHEST_COST, Math.max(1, Math.round(-score * COST_STEP)));
    costs.set(piece, Math.min(cost, costs.get(piece) ?? HIGHEST_COST));
  }
  return { pieces: [...costs.keys()], costs: Uint8Array.from(costs.values()) };
}

/** As words are before they are cut; empty for what no word can hold. */
function folded(piece: string): string {
  const isStart = piece.startsWith(WORD_START);
  const text = plain(isStart ? piece.slice(1) : piece);
  if (/\s|\p{Cs}|\ufffd/u.test(text)) return '';
  return isStart ? WORD_START + text : text;
}

/** A BPE piece as text, a blank in front as the mark of a word's start; undefined for parts of characters. */
function textOfBytes(piece: string): string | undefined {
  const bytes = Uint8Array.from(piece, (character) => BYTES.get(character) ?? 0);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith(' ') ? WORD_START + text.slice(1) : text;
  } catch {
    return undefined;
  }
}

/** Byte-level BPE writes a byte that does not print as a character past 255 (GPT-2, `bytes_to_unicode`). */
const BYTES: ReadonlyMap<string, number> = new Map(
  (() => {
    const prints = (byte: number): boolean =>
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
    let next = 256;
    return Array.from({ length: 256 }, (_, byte): [string, number] => [
      String.fromCharCode(prints(byte) ? byte : next++),
      byte,
    ]);
  })(),
);
