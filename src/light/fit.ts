/**
 * Fits a light encoder to texts whose vectors the big model made: the passages of an index, and
 * queries where there are some. Ridge regression, then a polish by ranking.
 *
 * Static distillation as in Model2Vec and tokenlearn (MinishLab, 2024), on weights of Arora et al.,
 * "A simple but tough-to-beat baseline for sentence embeddings" (2017); but into the space of the
 * model itself, so that its vectors of documents stay.
 */

import { meanOf, NearfieldError, throwIfAborted } from '../contract/index.ts';
import { bagsOf, partsOf, sharesOf, type Bags } from './bags.ts';
import type { Parameters } from './bag-encoder.ts';
import { BLOCK } from './int4.ts';
import { cutVocabulary } from './cut.ts';
import type { LightModel } from './model.ts';
import { polish } from './polish.ts';
import { solveRidge } from './ridge.ts';
import type { Vocabulary } from './vocabulary.ts';
import { writeLight } from './write.ts';

/** Texts and the model's unit rows of them, texts x dimensions. */
export interface KnownTexts {
  texts: readonly string[];
  vectors: Float32Array;
}

export interface FitOptions {
  model: LightModel;
  /** Of the model's tokenizer, see `vocabularyOf`. */
  vocabulary: Vocabulary;
  /** As documents; some thousand at least for an encoder of use. */
  passages: KnownTexts;
  /** As queries. @default none; passages must do */
  queries?: KnownTexts | undefined;
  /** Times that the polish sees each passage; 0 for none. @default 2 */
  epochs?: number | undefined;
  /** Same texts, same seed: same bytes. @default 1 */
  seed?: number | undefined;
  /** Told the share that is done, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** What p(piece) is compared with in a piece's first weight: a / (a + p). */
const SIF = 1e-3;
const LAMBDA = 0.02;
const RIDGE_STEPS = 12;
/** A query tells more of queries than a passage does. */
const QUERY_WEIGHT = 3;
/** Part of the time that ridge takes, where there is a polish. */
const RIDGE_SHARE = 0.2;
/** Milliseconds of computing before others on the thread have their turn. */
const TURN = 50;

/**
 * The encoder's bytes, for `LightEncoder.from`. Computes on the caller's thread, in turns of some
 * 50 ms: 70,000 short texts take three minutes at most (docs/benchmarks.md).
 * Throws `bad-input` where texts and vectors do not match or no text has a known piece, `aborted`.
 */
export async function fitLight(options: FitOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { model, queries, epochs = 2, seed = 1, onProgress, signal } = options;
  check(options);
  const known = [options.passages, ...(queries ? [queries] : [])];
  const { vocabulary, texts } = cutVocabulary(
    options.vocabulary,
    known.flatMap((kind) => kind.texts),
  );
  if (vocabulary.pieces.length === 0) {
    throw new NearfieldError('bad-input', 'Texts to fit to: expected words, got none.');
  }
  const data = gather(bagsOf(texts), known, model.dimensions);
  const share = epochs > 0 ? RIDGE_SHARE : 1;
  const told = (from: number, part: number) => (done: number) => onProgress?.(from + part * done);
  const parameters = await inTurns(
    ridged(data, vocabulary.pieces.length, model.dimensions),
    told(0, share),
    signal,
  );
  const { bags, vectors, means, passages } = data;
  const problem = { bags, vectors, means, passages, dimensions: model.dimensions, epochs, seed };
  await inTurns(polish(problem, parameters), told(share, 1 - share), signal);
  onProgress?.(1);
  return writeLight(model, vocabulary, parameters, means.queries);
}

interface Data {
  /** Passages first, then queries. */
  bags: Bags;
  vectors: Float32Array;
  passages: number;
  means: { passages: Float32Array; queries: Float32Array };
}

function gather(bags: Bags, known: readonly KnownTexts[], dimensions: number): Data {
  const [passages, queries = passages] = known as [KnownTexts, KnownTexts?];
  const vectors = new Float32Array(known.reduce((sum, kind) => sum + kind.vectors.length, 0));
  vectors.set(passages.vectors);
  if (queries !== passages) vectors.set(queries.vectors, passages.vectors.length);
  return {
    bags,
    vectors,
    passages: passages.texts.length,
    means: {
      passages: meanOf(passages.vectors, dimensions),
      queries: meanOf(queries.vectors, dimensions),
    },
  };
}

/** Vectors by ridge regression on what texts' vectors are beside the mean of their kind. */
function* ridged(data: Data, pieces: number, dimensions: number): Generator<number, Parameters> {
  const { bags, vectors, passages, means } = data;
  const rows = bags.starts.length - 1;
  const weights = sharesOf(bags, pieces).map((share) => SIF / (SIF + share));
  const targets = vectors.map(
    (value, i) =>
      value - (i < passages * dimensions ? means.passages : means.queries)[i % dimensions]!,
  );
  const fitted = yield* solveRidge({
    bags,
    parts: partsOf(bags, weights),
    targets,
    rowWeights: new Float32Array(rows).fill(1).fill(QUERY_WEIGHT, passages),
    pieces,
    dimensions,
    lambda: LAMBDA,
    steps: RIDGE_STEPS,
  });
  return { vectors: fitted, logs: Float32Array.from(weights, Math.log) };
}

/** Runs to the end, but lets others on this thread have their turns. */
async function inTurns<T>(
  work: Generator<number, T>,
  onProgress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<T> {
  let turn = performance.now();
  for (;;) {
    throwIfAborted(signal);
    const step = work.next();
    if (step.done === true) return step.value;
    onProgress(step.value);
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  }
}

function check({ model: { dimensions }, passages, queries, epochs = 0 }: FitOptions): void {
  if (!Number.isInteger(dimensions) || dimensions <= 0 || dimensions % BLOCK !== 0) {
    throw bad(`dimensions: expected a multiple of ${BLOCK}`, dimensions);
  }
  if (!Number.isInteger(epochs) || epochs < 0) {
    throw bad('epochs: expected a whole number of 0 or more', epochs);
  }
  for (const [name, kind] of Object.entries({ passages, queries })) {
    if (!kind) continue;
    if (kind.texts.length === 0) throw bad(`${name}: expected one text or more`, 0);
    if (kind.vectors.length !== kind.texts.length * dimensions) {
      throw bad(
        `${name}.vectors: expected ${kind.texts.length * dimensions} values`,
        kind.vectors.length,
      );
    }
    if (!kind.vectors.every(Number.isFinite)) throw bad(`${name}.vectors: expected numbers`, NaN);
  }
}

function bad(expected: string, got: number): NearfieldError {
  return new NearfieldError('bad-input', `${expected}, got ${got}.`);
}
