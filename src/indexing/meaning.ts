/** The meaning of a site's passages: their vectors, and the query encoder that is fitted to them. */

import { meanOf, messageOf, NearfieldError, type SiteModel } from '../contract/index.ts';
import { fitLight, vocabularyOf } from '../light/index.ts';
import { openModel, type NodeModel } from '../node/index.ts';
import type { SiteMeaning, SitePassage } from '../site/index.ts';
import { embeddedText } from './collect.ts';
import type { CheckedIndexOptions } from './options.ts';
import { queriesOf } from './queries.ts';
import { EmbedServer } from './server.ts';
import { VectorCache } from './vector-cache.ts';
import { vectorsOf, type Vectors, type VectorSource } from './vectors.ts';
import { checkedWidth } from './width.ts';

/** Passages that the encoder is fitted to: more hardly better it, and take more memory. */
const MOST_FITTED = 60_000;

export interface Meant {
  meaning: SiteMeaning;
  embedded: number;
  cached: number;
}

/** A model as an index needs it, opened once. */
export class IndexModel {
  readonly model: NodeModel;
  /** Of the index's vectors. */
  readonly #dimensions: number;
  readonly #source: VectorSource;
  readonly #options: CheckedIndexOptions;
  readonly #onWarning: (message: string) => void;

  /** Throws as `openModel`, and `bad-input` for what the model and the server are asked for. */
  static async open(
    model: string,
    options: CheckedIndexOptions,
    onWarning: (message: string) => void,
  ): Promise<IndexModel> {
    const { cacheDir, modelsUrl, hubUrl, revision, threads, simd, signal, onEvent } = options;
    const opened = await openModel(model, {
      cacheDir,
      onFile: (file, loaded, total) =>
        onEvent({ kind: 'model', file, loaded, ...(total !== undefined && { total }) }),
      ...(modelsUrl !== undefined && { modelsUrl }),
      ...(hubUrl !== undefined && { hubUrl }),
      ...(revision !== undefined && { revision }),
      ...(threads !== undefined && { threads }),
      ...(simd !== undefined && { simd }),
      ...(signal && { signal }),
    });
    try {
      opened.info.warnings.forEach(onWarning);
      return new IndexModel(opened, options, onWarning);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  private constructor(
    model: NodeModel,
    options: CheckedIndexOptions,
    onWarning: (message: string) => void,
  ) {
    this.model = model;
    this.#dimensions = checkedWidth(model.info, options.dimensions);
    this.#source = sourceOf(model, options);
    this.#options = options;
    this.#onWarning = onWarning;
  }

  /** Throws what the embedding throws, `aborted`. */
  async meaningOf(passages: readonly SitePassage[]): Promise<Meant> {
    const texts = passages.map(embeddedText);
    const cost = texts.reduce((sum, text) => sum + text.length, 0);
    const queries = this.#options.queries ? queriesOf(passages, cost) : [];
    const dimensions = this.#dimensions;
    const vectors = await this.#vectors({ passages: texts, queries });
    const { id, revision, pooling } = this.model.info;
    const model = { model: this.#options.modelName ?? id, revision, pooling, dimensions };
    const queryMean = queries.length > 0 ? meanOf(vectors.queries, dimensions) : undefined;
    const light = await this.#light(model, { passages: texts, queries }, vectors);
    return {
      meaning: {
        model,
        vectors: vectors.passages,
        ...(queryMean && { queryMean }),
        ...(light && { light }),
      },
      embedded: vectors.embedded,
      cached: vectors.cached,
    };
  }

  async #vectors(texts: Texts): Promise<Vectors> {
    const { cacheDir, onEvent, signal } = this.#options;
    const [source, dimensions] = [this.#source, this.#dimensions];
    const { identity, width } = source;
    const cache = await VectorCache.open(cacheDir, { identity, width });
    try {
      return await vectorsOf(texts, { source, cache, dimensions, onEvent, signal });
    } finally {
      await cache.close();
    }
  }

  /** Undefined where none was asked for, or the model does not let one be fitted. */
  async #light(
    model: SiteModel,
    texts: Texts,
    { passages, queries }: Vectors,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { light, onEvent, signal } = this.#options;
    if (!light) return undefined;
    try {
      return await fitLight({
        model,
        vocabulary: vocabularyOf(this.model.tokenizerJson),
        passages: some({ texts: texts.passages, vectors: passages }, model.dimensions),
        ...(texts.queries.length > 0 && { queries: { texts: texts.queries, vectors: queries } }),
        onProgress: (share) => onEvent({ kind: 'fitting', share }),
        signal,
      });
    } catch (error) {
      const codes = ['unsupported-model', 'bad-input'];
      if (!(error instanceof NearfieldError) || !codes.includes(error.code)) throw error;
      this.#onWarning(
        `No query encoder was fitted, so searching by meaning needs the model itself. ${messageOf(error)}`,
      );
      return undefined;
    }
  }
}

function sourceOf(model: NodeModel, options: CheckedIndexOptions): VectorSource {
  const { embedUrl: url, embedKey, embedModel, signal } = options;
  if (url !== undefined) {
    const key = embedKey ?? (process.env['NEARFIELD_EMBED_KEY'] || undefined);
    return new EmbedServer(model, { url, key, model: embedModel ?? model.info.id, signal });
  }
  return {
    identity: model.info.identity,
    width: model.info.dimensions,
    // Some seconds' work of two cores.
    sliceCharacters: 16_000,
    promptOf: (kind) => model.promptOf(kind),
    start: () => model.start(),
    embed: (texts, kind, told) => model.embed(texts, kind, told),
  };
}

interface Texts {
  passages: readonly string[];
  queries: readonly string[];
}

interface KnownTexts {
  texts: readonly string[];
  vectors: Float32Array;
}

/** All of them, or as many as are of use, evenly. */
function some({ texts, vectors }: KnownTexts, width: number): KnownTexts {
  if (texts.length <= MOST_FITTED) return { texts, vectors };
  const chosen = Array.from({ length: MOST_FITTED }, (_, i) =>
    Math.floor((i * texts.length) / MOST_FITTED),
  );
  const rows = new Float32Array(MOST_FITTED * width);
  for (const [i, row] of chosen.entries()) {
    rows.set(vectors.subarray(row * width, (row + 1) * width), i * width);
  }
  return { texts: chosen.map((row) => texts[row]!), vectors: rows };
}
