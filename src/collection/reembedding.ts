import { NearfieldError, type Dtype } from '../contract/index.ts';
import { plainDocument } from './documents.ts';
import type { LiveCollection } from './live.ts';
import { cutSpans } from '../passages/index.ts';
import { newMeta, type DocumentRecord } from './schema.ts';
import { sameSpec } from './spec.ts';
import { Staging } from './staging.ts';
import type { CollectionStorage } from './storage.ts';
import { wordRows, WordTable } from './word-table.ts';
import type { CutDocument, ReembeddingStart, VectorSpec } from './wire.ts';

/** Documents whose words are indexed at once. */
const WORDS_BATCH = 256;

/** Documents read at once. */
const READ_BATCH = 256;

/** Documents given to be embedded at once. */
const EMBED_BATCH = 16;

/**
 * New vectors for all documents of a collection: stored beside the old ones batch by batch, then put
 * in their place in one transaction. What is staged outlives this worker: another goes on with it.
 * When another tab writes meanwhile, what it changed is done again. For work that runs exclusively in
 * `live`.
 */
export class Reembedding {
  readonly #live: LiveCollection;
  readonly #storage: CollectionStorage;
  readonly #spec: VectorSpec;
  readonly #room: number;
  #staging: Staging | undefined;
  /** Stamps of the documents that this pass has met. */
  #seen = new Map<string, DocumentRecord['stamp']>();
  /** Read, and not given to be embedded yet. */
  #open: DocumentRecord[] = [];
  #last: string | undefined;
  #generation = 0;
  /** Damaged rows have been made again. */
  #hasMended = false;

  constructor(live: LiveCollection, spec: VectorSpec, room: number) {
    this.#live = live;
    this.#storage = live.storage;
    this.#spec = spec;
    this.#room = room;
    live.onDeleted = () => this.close();
  }

  /** Starts a pass over the documents; undefined where the collection is of the new model already. */
  async begin(): Promise<ReembeddingStart | undefined> {
    const meta = await this.#storage.meta();
    if (sameSpec(meta, this.#spec)) return undefined;
    const staging = await this.#current();
    this.#restart(meta.generation);
    const start = { done: 0, total: 0 };
    for await (const records of this.#storage.all()) {
      for (const record of records) {
        const staged = staging.spansOf(record);
        const passages = (staged ?? cutSpans(record.text, this.#room)).length / 2;
        start.total += passages;
        if (staged) start.done += passages;
      }
    }
    return start;
  }

  /** The next documents whose vectors are not there yet; none at the end of the pass. */
  async next(): Promise<CutDocument[]> {
    const staging = await this.#current();
    for (;;) {
      if (this.#open.length > 0) {
        return this.#open.splice(0, EMBED_BATCH).map((record) => ({
          document: plainDocument(record),
          spans: cutSpans(record.text, this.#room),
        }));
      }
      const records = await this.#storage.after(this.#last, READ_BATCH);
      if (records.length === 0) return [];
      this.#last = records.at(-1)?.id;
      for (const { id, stamp } of records) this.#seen.set(id, stamp);
      this.#open = records.filter((record) => !staging.spansOf(record));
    }
  }

  /**
   * Stores what was made of documents that `next` gave, unless another tab has dropped what was staged
   * before: then the pass starts again.
   *
   * @param vectors one row per passage, in the order of the documents
   * @param dtype what made them
   * @throws bad-vector, quota, storage
   */
  stage(documents: readonly CutDocument[], vectors: Float32Array, dtype: Dtype): Promise<void> {
    return this.#live.asWriter(async () => {
      const staging = await this.#fresh();
      let start = 0;
      const isStored = await this.#change(staging, () => {
        for (const { document, spans } of documents) {
          const end = start + (spans.length / 2) * this.#spec.dimensions;
          const stamp = this.#seen.get(document.id);
          if (stamp === undefined) throw new NearfieldError('internal', 'Nothing asked for this.');
          staging.put({ document, spans, stamp }, vectors.subarray(start, end), dtype);
          start = end;
        }
      });
      if (!isStored) this.#restart(this.#generation);
    });
  }

  /** Gives false, and starts another pass, when there is more to do: another tab has written meanwhile. */
  finish(): Promise<boolean> {
    return this.#live.asWriter(async () => {
      const meta = await this.#storage.meta();
      if (meta.generation !== this.#generation) return this.#restart(meta.generation);
      const staging = await this.#fresh();
      const gone = staging.ids.filter((id) => !this.#seen.has(id));
      const damaged = await this.#damaged(staging);
      const isStored = await this.#change(staging, () => {
        for (const id of [...gone, ...damaged]) staging.remove(id);
      });
      const isWhole = isStored && staging.ids.length === this.#seen.size;
      if (isWhole && (await this.#swap(staging))) return true;
      return this.#restart((await this.#storage.meta()).generation);
    });
  }

  /** Gives documents to embed again: what was staged may have lain on the disk for long. */
  async #damaged(staging: Staging): Promise<string[]> {
    const damaged = await staging.damaged();
    if (damaged.length === 0) return damaged;
    if (this.#hasMended) {
      const message = `The disk does not keep the rows of "${damaged[0]}" as they are written.`;
      throw new NearfieldError('integrity', message);
    }
    this.#hasMended = true;
    return damaged;
  }

  /** Lets go of the files. */
  close(): void {
    this.#staging?.close();
    this.#staging = undefined;
  }

  async #current(): Promise<Staging> {
    return this.#staging ?? this.#live.asWriter(() => this.#fresh());
  }

  /** As it is stored, or empty; what else is staged goes. For the only writer. */
  async #fresh(): Promise<Staging> {
    if (this.#staging) return this.#staging;
    const module = await this.#live.kernels();
    const wanted = newMeta(this.#spec, this.#room);
    this.#staging = await Staging.load(this.#storage, module, wanted);
    if (!this.#staging) {
      await this.#storage.staging.drop();
      await this.#live.sweep();
      this.#staging = Staging.empty(this.#storage, module, wanted);
    }
    return this.#staging;
  }

  /** Changes memory and disk alike; gives false when another tab has dropped what was stored. */
  async #change(staging: Staging, change: () => void): Promise<boolean> {
    // Until the commit, memory is ahead of the disk: a failure must not leave it in place.
    this.#staging = undefined;
    try {
      change();
      if (await staging.commit()) this.#staging = staging;
      return this.#staging !== undefined;
    } finally {
      if (!this.#staging) {
        staging.close();
        // What a write that failed has begun must not fill the disk.
        await this.#live.sweep();
      }
    }
  }

  /** Gives false when another tab wrote first. */
  async #swap(staging: Staging): Promise<boolean> {
    const words = new WordTable();
    const recut: DocumentRecord[] = [];
    const { ids } = staging;
    for (let from = 0; from < ids.length; from += WORDS_BATCH) {
      const some = ids.slice(from, from + WORDS_BATCH);
      const records = await this.#storage.documents(some, this.#generation);
      if (!records) return false;
      const rows = records.flatMap((record) => {
        const spans = record && staging.spansOf(record);
        if (!spans) throw new NearfieldError('internal', 'What is staged is of another text.');
        // The texts of the others are not written again.
        if (!equal(record.spans, spans)) recut.push({ ...record, spans });
        return wordRows({ document: plainDocument(record), spans }, staging.place(record.id).first);
      });
      await words.add(rows);
    }
    const isDone = await this.#storage.commit(this.#generation, {
      replace: 'vectors',
      staged: staging.generation!,
      rows: { segments: [], pages: [] },
      words: words.takeWrites(),
      put: recut,
      remove: [],
      meta: staging.meta,
    });
    this.close();
    // Files that are open are not removed.
    if (isDone) await this.#live.changed();
    await this.#live.sweep();
    return isDone;
  }

  #restart(generation: number): false {
    this.#generation = generation;
    this.#last = undefined;
    this.#open = [];
    this.#seen = new Map();
    return false;
  }
}

function equal(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
