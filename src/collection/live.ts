import { NearfieldError } from '../contract/index.ts';
import type { CollectionInfo, DocumentInput, Dtype, Hit } from '../contract/index.ts';
import { cutPassages, DEFAULT_PASSAGE_CHARACTERS } from './passages.ts';
import { rankDocuments, toHit } from './ranking.ts';
import { DATABASE_PREFIX, infoOf, newMeta, type Meta } from './schema.ts';
import { incompatible, sameSpec } from './spec.ts';
import { CollectionStorage, type Commit } from './storage.ts';
import { Table } from './table.ts';
import type { CutDocument, Opened, OpenRequest, Removal } from './wire.ts';

/** The stored collection as this worker knows it: memory and disk of one generation. */
interface State {
  meta: Meta;
  table: Table;
}

/** What a change does to the disk besides the table's rows; undefined when there is nothing to do. */
type Change = Partial<Omit<Commit, 'rows' | 'meta'>> & { table?: Table; dtype?: Dtype };

/**
 * An open collection. Calls run one after another; each sees what every tab wrote before it,
 * because reads and writes compare the generation inside their transaction and read again when
 * another tab was faster.
 */
export class LiveCollection {
  readonly #request: OpenRequest;
  readonly storage: CollectionStorage;
  readonly #channel: BroadcastChannel;
  #state: State | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(request: OpenRequest) {
    this.#request = request;
    const room = request.passageCharacters ?? DEFAULT_PASSAGE_CHARACTERS;
    this.storage = new CollectionStorage(request.name, newMeta(request.spec, room));
    this.#channel = new BroadcastChannel(DATABASE_PREFIX + request.name);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      // Only to free memory early: what is read and written is checked against the disk anyway.
      if (typeof data === 'number' && this.#state && data > this.#state.meta.generation) {
        this.#state = undefined;
      }
    };
  }

  /** Loads the collection; an empty one takes the model that is asked for. */
  open(): Promise<Opened> {
    return this.exclusive(async () => {
      const meta = await this.storage.meta();
      const compatible = sameSpec(meta, this.#request.spec);
      if (compatible) await this.#fresh();
      else if (meta.documents === 0) await this.#adopt(meta);
      else return { info: infoOf(this.storage.name, meta), compatible };
      return { info: await this.#info(), compatible: true };
    });
  }

  info(): Promise<CollectionInfo> {
    return this.exclusive(() => this.#info());
  }

  async cut(documents: readonly DocumentInput[]): Promise<CutDocument[]> {
    const room = await this.room();
    return documents.map((document) => ({ document, spans: cutSpans(document.text, room) }));
  }

  /** Most characters in a passage: as asked for, else as stored. */
  async room(): Promise<number> {
    return this.#request.passageCharacters ?? (await this.storage.meta()).passageCharacters;
  }

  put(
    documents: readonly CutDocument[],
    vectors: Float32Array,
    dtype?: Dtype,
  ): Promise<CollectionInfo> {
    return this.exclusive(async () => {
      await this.#write(({ table, meta }) => {
        appendAll(table, documents, vectors);
        const stamp = meta.generation + 1;
        const put = documents.map(({ document, spans }) => ({ ...document, spans, stamp }));
        return { put, ...(dtype && { dtype }) };
      });
      await this.#compact();
      return this.#info();
    });
  }

  remove(ids: readonly string[]): Promise<Removal> {
    return this.exclusive(async () => {
      let removed: string[] = [];
      await this.#write(({ table }) => {
        removed = ids.filter((id) => table.remove(id));
        return removed.length > 0 ? { remove: removed } : undefined;
      });
      await this.#compact();
      return { removed: removed.length, info: await this.#info() };
    });
  }

  clear(): Promise<CollectionInfo> {
    return this.exclusive(async () => {
      await this.#write(({ meta }) => ({ replace: 'all', table: new Table(meta.dimensions) }));
      return this.#info();
    });
  }

  search(query: Float32Array, limit: number, minScore?: number): Promise<Hit[]> {
    return this.exclusive(async () => {
      for (;;) {
        const { table, meta } = await this.#fresh();
        const ranked = rankDocuments(table, query, limit, minScore);
        const ids = ranked.map(({ id }) => id);
        const records = await this.storage.documents(ids, meta.generation);
        if (records) return ranked.map((entry, i) => toHit(entry, records[i]));
        this.#state = undefined;
      }
    });
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#channel.close();
    this.#state = undefined;
    await this.storage.close();
  }

  /** Forgets what is in memory and tells other tabs; for writers of the storage other than this. */
  async changed(): Promise<void> {
    this.#state = undefined;
    this.#channel.postMessage((await this.storage.meta()).generation);
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    // The caller has the failure; the queue only waits for the end.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #info(): Promise<CollectionInfo> {
    return infoOf(this.storage.name, await this.storage.meta());
  }

  async #fresh(): Promise<State> {
    if (this.#state) return this.#state;
    const { spec, name } = this.#request;
    let state: State | undefined;
    await this.storage.load(
      (chunk) => state?.table.load(chunk),
      (meta) => {
        if (!sameSpec(meta, spec)) throw incompatible(name, meta, spec);
        state = { meta, table: new Table(meta.dimensions, meta.rows) };
      },
    );
    if (!state) throw new NearfieldError('internal', 'The collection was not loaded.');
    this.#state = state;
    return state;
  }

  async #adopt(meta: Meta): Promise<void> {
    const table = new Table(this.#request.spec.dimensions);
    const adopted = { ...meta, ...this.#request.spec, dtypes: [], rows: 0, passages: 0 };
    const rows = table.takeWrites();
    const commit: Commit = { replace: 'all', rows, put: [], remove: [], meta: adopted };
    await this.storage.commit(meta.generation, commit);
    await this.changed();
    await this.#fresh();
  }

  /** Changes memory and disk alike; starts over when another tab wrote first. */
  async #write(make: (state: State) => Change | undefined): Promise<void> {
    for (;;) {
      const state = await this.#fresh();
      // Until the commit, memory is ahead of the disk: a failure must not leave it in place.
      this.#state = undefined;
      const change = make(state);
      if (!change) {
        this.#state = state;
        return;
      }
      const { table = state.table, dtype, ...stores } = change;
      const meta = this.#metaOf(state.meta, table, dtype);
      const rows = table.takeWrites();
      const commit: Commit = { put: [], remove: [], ...stores, rows, meta };
      if (await this.storage.commit(state.meta.generation, commit)) {
        const generation = state.meta.generation + 1;
        this.#state = { table, meta: { ...meta, generation } };
        this.#channel.postMessage(generation);
        return;
      }
    }
  }

  #metaOf(meta: Meta, table: Table, dtype: Dtype | undefined): Meta {
    const { pooling } = this.#request.spec;
    const known = table.documents === 0 ? [] : [...(meta.dtypes ?? []), ...(dtype ? [dtype] : [])];
    return {
      ...meta,
      ...(pooling && { pooling }),
      dtypes: [...new Set(known)],
      passageCharacters: this.#request.passageCharacters ?? meta.passageCharacters,
      rows: table.index.rows,
      documents: table.documents,
      passages: table.index.live,
    };
  }

  async #compact(): Promise<void> {
    try {
      await this.#write(({ table }) =>
        table.isWasteful ? { replace: 'vectors', table: table.compacted() } : undefined,
      );
    } catch (error) {
      // A full disk has no room for the rewriting: the dead rows stay until a later write.
      if (!(error instanceof NearfieldError) || error.code !== 'quota') throw error;
    }
  }
}

export function cutSpans(text: string, room: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(cutPassages(text, room).flatMap(({ start, end }) => [start, end]));
}

/** Replaces the documents' rows; `vectors` holds one row per passage, in their order. */
export function appendAll(
  table: Table,
  documents: readonly CutDocument[],
  vectors: Float32Array,
): void {
  const { dimensions } = table.index;
  const rows = documents.reduce((sum, { spans }) => sum + spans.length / 2, 0);
  if (rows * dimensions !== vectors.length) {
    const got = `${vectors.length} values for ${rows} passages of width ${dimensions}`;
    throw new NearfieldError('internal', `The search worker was given ${got}.`);
  }
  let start = 0;
  for (const { document, spans } of documents) {
    const end = start + (spans.length / 2) * dimensions;
    table.remove(document.id);
    table.append(document.id, vectors.subarray(start, end));
    start = end;
  }
}
