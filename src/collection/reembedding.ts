import { NearfieldError, type Dtype } from '../contract/index.ts';
import type { Contents } from './contents.ts';
import { plainDocument } from './documents.ts';
import { cutSpans, type LiveCollection } from './live.ts';
import { FORMAT, type DocumentRecord } from './schema.ts';
import type { CollectionStorage } from './storage.ts';
import type { CutDocument, VectorSpec } from './wire.ts';

/** Documents whose words are indexed at once. */
const PUT_BATCH = 256;

/** Documents read at once. */
const READ_BATCH = 16;

interface Staged extends CutDocument {
  vectors: Float32Array<ArrayBuffer>;
  /** The generation that wrote the text these vectors are of. */
  stamp: number;
}

/**
 * New vectors for all documents of a collection: gathered in memory, then put in place of the old
 * ones in one transaction. When another tab writes meanwhile, what it changed is done again.
 */
export class Reembedding {
  readonly #live: LiveCollection;
  readonly #storage: CollectionStorage;
  readonly #spec: VectorSpec;
  readonly #room: number;
  readonly #staged = new Map<string, Staged>();
  #seen = new Map<string, DocumentRecord['stamp']>();
  #last: string | undefined;
  #generation = 0;

  constructor(live: LiveCollection, spec: VectorSpec, room: number) {
    this.#live = live;
    this.#storage = live.storage;
    this.#spec = spec;
    this.#room = room;
  }

  /** Starts a pass over the documents; gives how many passages they have. */
  async begin(): Promise<number> {
    let passages = 0;
    let last: string | undefined;
    this.#restart((await this.#storage.meta()).generation);
    for (;;) {
      const records = await this.#storage.after(last, READ_BATCH);
      for (const { text } of records) passages += cutSpans(text, this.#room).length / 2;
      last = records.at(-1)?.id;
      if (last === undefined) return passages;
    }
  }

  /** The next documents whose vectors are not there yet; none at the end of the pass. */
  async next(): Promise<CutDocument[]> {
    for (;;) {
      const records = await this.#storage.after(this.#last, READ_BATCH);
      this.#last = records.at(-1)?.id ?? this.#last;
      for (const { id, stamp } of records) this.#seen.set(id, stamp);
      const open = records.filter(({ id, stamp }) => this.#staged.get(id)?.stamp !== stamp);
      if (open.length > 0 || records.length === 0) {
        return open.map((record) => ({
          document: plainDocument(record),
          spans: cutSpans(record.text, this.#room),
        }));
      }
    }
  }

  /** `vectors` holds one row per passage, in the order of the documents that `next` gave. */
  stage(documents: readonly CutDocument[], vectors: Float32Array): void {
    let start = 0;
    for (const { document, spans } of documents) {
      const end = start + (spans.length / 2) * this.#spec.dimensions;
      const stamp = this.#seen.get(document.id);
      if (stamp === undefined) throw new NearfieldError('internal', 'Nothing asked for this.');
      const rows = vectors.slice(start, end);
      this.#staged.set(document.id, { document, spans, vectors: rows, stamp });
      start = end;
    }
  }

  /**
   * Gives false, and starts another pass, when another tab wrote meanwhile.
   *
   * @param dtype what made the new vectors
   */
  finish(dtype: Dtype): Promise<boolean> {
    return this.#live.asWriter(async () => {
      const meta = await this.#storage.meta();
      if (meta.generation !== this.#generation) return this.#restart(meta.generation);
      const contents = await this.#live.newContents(this.#spec.dimensions);
      try {
        const ids = [...this.#seen.keys()];
        for (let from = 0; from < ids.length; from += PUT_BATCH) {
          await this.#putStaged(contents, ids.slice(from, from + PUT_BATCH));
        }
        const writes = await contents.takeWrites();
        const done = await this.#storage.commit(this.#generation, {
          replace: 'vectors',
          ...writes,
          put: await this.#recut(),
          remove: [],
          meta: {
            ...meta,
            ...this.#spec,
            ...contents.table.record,
            format: FORMAT,
            dtypes: contents.table.documents === 0 ? [] : [dtype],
            passageCharacters: this.#room,
          },
        });
        return done || this.#restart((await this.#storage.meta()).generation);
      } finally {
        contents.close();
        await this.#live.sweep();
      }
    });
  }

  async #putStaged(contents: Contents, ids: readonly string[]): Promise<void> {
    const staged = ids.map((id) => {
      const found = this.#staged.get(id);
      if (!found) throw new NearfieldError('internal', `"${id}" was not embedded.`);
      return found;
    });
    const vectors = new Float32Array(staged.reduce((sum, { vectors }) => sum + vectors.length, 0));
    let from = 0;
    for (const found of staged) {
      vectors.set(found.vectors, from);
      from += found.vectors.length;
    }
    await contents.put(staged, vectors);
    await contents.table.relieve();
  }

  /** Records whose passages lie elsewhere now; the texts of the others are not written again. */
  async #recut(): Promise<DocumentRecord[]> {
    const changed: DocumentRecord[] = [];
    for (const [id, { spans }] of this.#staged) {
      if (!this.#seen.has(id)) continue;
      const record = await this.#storage.get(id);
      if (record && !equal(record.spans, spans)) changed.push({ ...record, spans });
    }
    return changed;
  }

  #restart(generation: number): false {
    this.#generation = generation;
    this.#last = undefined;
    this.#seen = new Map();
    return false;
  }
}

function equal(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
