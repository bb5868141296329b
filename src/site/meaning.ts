/** Queries of a site as vectors, and what is near them. */

import { NearfieldError, type Embedder, type SiteModel, type SiteTier } from '../contract/index.ts';
import type { LightEncoder } from '../light/index.ts';
import { fileName, type FilePlace, type OpenedParts, type Shelf } from './files/index.ts';
import { readEncoder } from './encoder.ts';
import type { FoundMeaning } from './ranking.ts';
import { SiteVectors } from './vectors/index.ts';

/** What a search by meaning came to. */
export interface MeaningAnswer extends FoundMeaning {
  /** What made the query's vector. */
  tier: Exclude<SiteTier, 'words'>;
  /** Names of files that could not be read. */
  missing: string[];
}

const HEAD: FilePlace = { kind: 'vectors', number: 0 };

/** No answer, for want of files. */
export type Unread = Pick<MeaningAnswer, 'missing'>;

/** Rows that a search has to be sure of; many more are read on the way, and scored. */
const NEAREST = 10;

export class Meaning {
  readonly #shelf: Shelf;
  readonly #model: SiteModel;
  readonly #hasLight: boolean;
  #vectors: SiteVectors | undefined;
  #light: LightEncoder | undefined;
  #embedder: Embedder | undefined;

  /** @param hasLight the index has a query encoder */
  constructor(shelf: Shelf, model: SiteModel, hasLight: boolean) {
    this.#shelf = shelf;
    this.#model = model;
    this.#hasLight = hasLight;
  }

  /** The highest tier that is ready. */
  get tier(): SiteTier {
    if (this.#embedder) return 'model';
    return this.#light ? 'light' : 'words';
  }

  /** See SiteIndex. */
  async prepare(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#hasLight) return;
    const read = (parts: OpenedParts, name: string): LightEncoder =>
      readEncoder(parts, name, this.#model);
    const [light] = await Promise.all([
      this.#shelf.take({ kind: 'light', number: 0 }, read, signal),
      this.#open(signal),
    ]);
    this.#light = light;
  }

  /** See SiteIndex. */
  get embedder(): Embedder | undefined {
    return this.#embedder;
  }

  /** See SiteIndex. */
  use(embedder: Embedder | undefined): void {
    if (embedder) checkModel(embedder, this.#model);
    this.#embedder = embedder;
  }

  /**
   * What is near a text, a query or a passage; undefined where `most` leaves no tier that is ready, or
   * the query encoder knows none of its words. Throws `aborted`, `closed`, `incompatible-index`, and what
   * the embedder throws.
   */
  async search(
    text: string,
    most: SiteTier,
    filter: Uint32Array | undefined,
    signal: AbortSignal | undefined,
  ): Promise<MeaningAnswer | Unread | undefined> {
    const query = await this.#vectorOf(text, most, signal);
    if (!query) return undefined;
    let vectors: SiteVectors;
    try {
      vectors = await this.#open(signal);
    } catch (error) {
      if (!isUnread(error)) throw error;
      return { missing: [fileName(this.#shelf.site, HEAD)] };
    }
    const found = await vectors.search(query.vector, NEAREST, {
      ...(filter && { filter }),
      ...(signal && { signal }),
    });
    return { ...found, estimate: vectors.estimator(query.vector), tier: query.tier };
  }

  async #vectorOf(
    text: string,
    most: SiteTier,
    signal: AbortSignal | undefined,
  ): Promise<{ vector: Float32Array; tier: 'light' | 'model' } | undefined> {
    if (most === 'model' && this.#embedder) {
      const { dimensions } = this.#model;
      const options = { kind: 'query', dimensions, ...(signal && { signal }) } as const;
      return { vector: (await this.#embedder.embed(text, options)).row(0), tier: 'model' };
    }
    const vector = most === 'words' ? undefined : this.#light?.encode(text);
    return vector && { vector, tier: 'light' };
  }

  async #open(signal: AbortSignal | undefined): Promise<SiteVectors> {
    return (this.#vectors ??= await SiteVectors.open(this.#shelf, signal));
  }
}

function isUnread(error: unknown): boolean {
  if (!(error instanceof NearfieldError)) return false;
  return error.code === 'download-failed' || error.code === 'integrity';
}

function checkModel({ info }: Embedder, wanted: SiteModel): void {
  const { model, revision, pooling, dimensions } = wanted;
  const isSame = info.model === model && info.revision === revision && info.pooling === pooling;
  if (isSame && dimensions <= info.dimensions && dimensions >= info.minDimensions) return;
  throw new NearfieldError(
    'incompatible-index',
    `This site's index holds vectors of ${model} (${revision}, ${dimensions} dimensions), and the embedder is ${info.model} (${info.revision}, ${info.dimensions}). Create it with that model and revision.`,
  );
}
