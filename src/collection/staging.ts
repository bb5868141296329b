/** Rows of another model for a collection's documents, until they take the place of its own. */

import { NearfieldError, type Dtype } from '../contract/index.ts';
import { fault } from '../cache/index.ts';
import type { SearchModule } from '../vectors/index.ts';
import { RowFiles } from './row-files.ts';
import { FORMAT, isSound, type Meta, type StagedRecord } from './schema.ts';
import { sameSpec } from './spec.ts';
import type { Staged, StagingStore } from './staging-store.ts';
import type { CollectionStorage } from './storage.ts';
import { Table, type Place } from './table.ts';
import type { CutDocument } from './wire.ts';

/** Rows read together where documents lie one behind another. */
const STRETCH_ROWS = 256;

/** Of a document whose rows are there. */
export interface StagedDocument extends CutDocument {
  stamp: number;
}

/**
 * A table like that of a collection, stored beside it write by write. Memory is ahead of the disk
 * until `commit`.
 */
export class Staging {
  readonly table: Table;
  readonly #store: StagingStore;
  readonly #records: Map<string, StagedRecord>;
  #meta: Meta;
  /** Undefined while nothing is stored. */
  #generation: number | undefined;
  readonly #put = new Set<string>();
  readonly #removed = new Set<string>();

  private constructor(store: StagingStore, meta: Meta, table: Table, staged?: Staged) {
    this.#store = store;
    this.#meta = meta;
    this.table = table;
    this.#generation = staged?.meta.generation;
    this.#records = new Map(staged?.documents.map((record) => [record.id, record]));
  }

  /** Nothing is staged yet, and nothing is stored. @param wanted what the collection will be */
  static empty(storage: CollectionStorage, module: SearchModule, wanted: Meta): Staging {
    const files = new RowFiles(storage.name, storage.pages);
    const table = new Table(module, wanted.dimensions, files);
    return new Staging(storage.staging, wanted, table);
  }

  /**
   * Goes on with what is stored; undefined where nothing is, or what is there is of another space, is
   * cut otherwise, or is damaged.
   */
  static async load(
    storage: CollectionStorage,
    module: SearchModule,
    wanted: Meta,
  ): Promise<Staging | undefined> {
    const meta = await storage.staging.meta();
    if (!meta || !isLike(meta, wanted)) return undefined;
    const staged = await storage.staging.load();
    if (staged?.meta.generation !== meta.generation) return undefined;
    const { shape, edition, dimensions } = meta;
    const files = new RowFiles(storage.name, storage.pages, edition);
    try {
      const table = shape
        ? await Table.load(module, dimensions, files, shape, staged.segments)
        : new Table(module, dimensions, files);
      if (isWhole(table, staged)) return new Staging(storage.staging, meta, table, staged);
    } catch (error) {
      if (!isDamage(error)) {
        files.close();
        throw error;
      }
    }
    files.close();
    return undefined;
  }

  /** Of the disk. */
  get generation(): number | undefined {
    return this.#generation;
  }

  /** What the collection becomes of it. */
  get meta(): Meta {
    const { record } = this.table;
    return { ...this.#meta, ...record, ...(record.documents === 0 && { dtypes: [] }) };
  }

  /** Ids in the order of their rows. */
  get ids(): string[] {
    return [...this.#records.keys()].sort((a, b) => this.place(a).first - this.place(b).first);
  }

  /** Where the passages of a document lie; undefined where no rows of this text are there. */
  spansOf({ id, stamp }: { id: string; stamp: number }): StagedRecord['spans'] | undefined {
    const record = this.#records.get(id);
    return record?.stamp === stamp ? record.spans : undefined;
  }

  place(id: string): Place {
    const place = this.table.place(id);
    if (!place) throw new NearfieldError('internal', `"${id}" was not embedded.`);
    return place;
  }

  /**
   * Puts a document's rows in place of those that are of an older text.
   *
   * @throws bad-vector
   */
  put({ document, spans, stamp }: StagedDocument, vectors: Float32Array, dtype: Dtype): void {
    const { id } = document;
    assertRows(vectors, spans.length / 2, this.#meta.dimensions);
    this.remove(id);
    this.table.append(id, vectors);
    const checksum = this.table.index.originalsChecksum(vectors);
    this.#records.set(id, { id, stamp, spans, checksum });
    this.#put.add(id);
    this.#removed.delete(id);
    this.#meta = { ...this.#meta, dtypes: [...new Set([...(this.#meta.dtypes ?? []), dtype])] };
  }

  remove(id: string): void {
    if (!this.table.remove(id)) return;
    this.#records.delete(id);
    this.#put.delete(id);
    this.#removed.add(id);
  }

  /** Gives false when another tab has written or dropped what was stored: then this one is of no use. */
  async commit(): Promise<boolean> {
    const rows = await this.table.takeWrites();
    const generation = (this.#generation ?? this.#meta.generation) + 1;
    const put = [...this.#put].map((id) => this.#records.get(id)!);
    const done = await this.#store.commit(this.#generation, {
      ...{ rows, put, remove: [...this.#removed] },
      meta: { ...this.#meta, ...this.table.record, generation },
    });
    this.#generation = generation;
    this.#put.clear();
    this.#removed.clear();
    return done;
  }

  /** Documents whose rows are not on the disk as they were embedded. */
  async damaged(): Promise<string[]> {
    const damaged: string[] = [];
    for (const ids of this.#stretches()) {
      const { first } = this.place(ids[0]!);
      const last = this.place(ids.at(-1)!);
      const rows = await this.#read({ first, count: last.first + last.count - first });
      damaged.push(...ids.filter((id) => !rows || !this.#isSound(id, rows, first)));
    }
    return damaged;
  }

  close(): void {
    this.table.close();
  }

  /** Undefined where the file is cut off. */
  async #read(place: Place): Promise<Float32Array | undefined> {
    try {
      return await this.table.vectorsOf(place);
    } catch (error) {
      if (error instanceof NearfieldError && error.code === 'storage') return undefined;
      throw error;
    }
  }

  #isSound(id: string, rows: Float32Array, first: number): boolean {
    const { dimensions } = this.table.index;
    const place = this.place(id);
    const from = (place.first - first) * dimensions;
    const own = rows.subarray(from, from + place.count * dimensions);
    return this.table.index.originalsChecksum(own) === this.#records.get(id)?.checksum;
  }

  /** Documents that are read together. */
  *#stretches(): Generator<string[]> {
    let stretch: string[] = [];
    let first = 0;
    for (const id of this.ids) {
      const place = this.place(id);
      if (stretch.length > 0 && place.first + place.count - first > STRETCH_ROWS) {
        yield stretch;
        stretch = [];
      }
      if (stretch.length === 0) ({ first } = place);
      stretch.push(id);
    }
    if (stretch.length > 0) yield stretch;
  }
}

function isLike(meta: Meta, wanted: Meta): boolean {
  return (
    meta.format === FORMAT &&
    isSound(meta) &&
    sameSpec(meta, wanted) &&
    meta.passageCharacters === wanted.passageCharacters
  );
}

/** Each document has as many rows as passages. */
function isWhole(table: Table, { documents }: Staged): boolean {
  return (
    documents.length === table.documents &&
    documents.every(({ id, spans }) => table.place(id)?.count === spans.length / 2)
  );
}

/** Throws `bad-vector`. */
function assertRows(vectors: Float32Array, rows: number, dimensions: number): void {
  if (vectors.length !== rows * dimensions) {
    const got = `${vectors.length} values for ${rows} passages of width ${dimensions}`;
    throw new NearfieldError('internal', `The search worker was given ${got}.`);
  }
  for (let at = 0; at < vectors.length; at += dimensions) {
    const wrong = fault(vectors.subarray(at, at + dimensions));
    if (wrong === undefined) continue;
    throw new NearfieldError('bad-vector', `The model gave a vector that is ${wrong}.`);
  }
}

/** Not what the browser could not read this time: that has a cause, and may be read the next time. */
function isDamage(error: unknown): boolean {
  if (!(error instanceof NearfieldError) || error.cause !== undefined) return false;
  return error.code === 'storage' || error.code === 'integrity';
}
