import { NearfieldError } from '../contract/index.ts';
import type { CollectionInfo, DocumentInput, Dtype, Hit } from '../contract/index.ts';
import { cutSpans, DEFAULT_PASSAGE_CHARACTERS } from '../passages/index.ts';
import { changedMeanwhile, readPiece } from './export-piece.ts';
import { gpuSource } from './gpu.ts';
import { findHits } from './hits.ts';
import {
  DATABASE_PREFIX,
  FORMAT,
  infoOf,
  newMeta,
  OLD_FORMAT,
  type DocumentRecord,
  type Meta,
} from './schema.ts';
import { loadSearchModule, type GpuSource, type SearchModule } from '../vectors/index.ts';
import { asWriter, isHeld, sweepOpfsFolder } from './disk/index.ts';
import { isOf, RowFiles } from './row-files.ts';
import { incompatible, sameSpec } from './spec.ts';
import { CollectionStorage, type Commit, type OldChunk } from './storage.ts';
import { Contents, type Writes } from './contents.ts';
import { Table } from './table.ts';
import { WordTable } from './word-table.ts';
import { REEMBEDDING_LOCK } from './wire.ts';
import type {
  CutDocument,
  ExportPiece,
  ExportStart,
  Opened,
  OpenRequest,
  Removal,
  SearchRequest,
  VectorSpec,
} from './wire.ts';

export type KnownRequest = OpenRequest & { spec: VectorSpec };

/** The stored collection as this worker knows it: memory and disk of one generation. */
interface State {
  meta: Meta;
  contents: Contents;
}

/** Searches that may find that another tab has written before one keeps the others from it. */
const FAIR_ATTEMPTS = 3;

/** What a change does besides the table's rows; undefined when there is nothing to do. */
type Change = Partial<Omit<Commit, keyof Writes | 'meta'>> & {
  contents?: Contents;
  dtypes?: readonly Dtype[];
};

/**
 * An open collection. Calls run one after another; each sees what every tab wrote before it,
 * because reads and writes compare the generation inside their transaction and read again when
 * another tab was faster.
 */
export class LiveCollection {
  readonly #request: KnownRequest;
  readonly storage: CollectionStorage;
  readonly #channel: BroadcastChannel;
  #module: Promise<SearchModule> | undefined;
  readonly #gpu: GpuSource | undefined;
  #state: State | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #isWriter = false;
  /** A compaction found the disk full. */
  #hasNoRoom = false;
  /** For who has other files of the collection open: they must be let go of when it is deleted. */
  onDeleted: () => void = () => undefined;

  constructor(request: KnownRequest) {
    this.#request = request;
    this.#gpu = gpuSource(request.gpu);
    const room = request.passageCharacters ?? DEFAULT_PASSAGE_CHARACTERS;
    this.storage = new CollectionStorage(request.name, newMeta(request.spec, room));
    this.#channel = new BroadcastChannel(DATABASE_PREFIX + request.name);
    // Only to free memory and files early: what is read and written is checked against the disk anyway.
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'number') return;
      void this.exclusive(async () => {
        if (this.#state && data > this.#state.meta.generation) this.#drop();
        if (data === Number.POSITIVE_INFINITY) this.onDeleted();
      });
    };
  }

  /** Loads the collection; an empty one takes the model that is asked for. */
  open(): Promise<Opened> {
    return this.exclusive(async () => {
      for (;;) {
        const { storage } = this;
        const [meta, staging] = await Promise.all([storage.meta(), storage.staging.meta()]);
        const staged = staging !== undefined;
        const { name, made } = storage;
        if (sameSpec(meta, this.#request.spec)) {
          const { meta } = await this.#fresh();
          return { info: infoOf(name, meta), compatible: true, made, staged };
        }
        if (meta.documents > 0) {
          return { info: infoOf(name, meta), compatible: false, made, staged };
        }
        // Another tab may be making it its own.
        await this.#adopt(meta);
      }
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
    dtypes: readonly Dtype[] = [],
  ): Promise<CollectionInfo> {
    return this.exclusive(async () => {
      await this.#write(async ({ contents, meta }) => {
        await contents.put(documents, vectors);
        const stamp = meta.generation + 1;
        const put = documents.map(({ document, spans }) => ({ ...document, spans, stamp }));
        return { put, dtypes };
      });
      await this.#compact();
      return this.#info();
    });
  }

  remove(ids: readonly string[]): Promise<Removal> {
    return this.exclusive(async () => {
      let removed: string[] = [];
      await this.#write(async ({ contents }) => {
        removed = contents.remove(ids);
        return removed.length > 0 ? { remove: removed } : undefined;
      });
      await this.#compact();
      return { removed: removed.length, info: await this.#info() };
    });
  }

  clear(): Promise<CollectionInfo> {
    return this.exclusive(async () => {
      await this.#write(async ({ meta }) => ({
        replace: 'all',
        contents: await this.newContents(meta.dimensions),
      }));
      return this.#info();
    });
  }

  /**
   * Removes all documents, of whatever model, and takes the model that was asked for.
   *
   * @param onlyEmpty gives undefined, and removes nothing, where there are documents
   */
  startOver(passageCharacters: number, onlyEmpty: boolean): Promise<CollectionInfo | undefined> {
    return this.exclusive(async () => {
      for (;;) {
        const meta = await this.storage.meta();
        if (onlyEmpty && meta.documents > 0) return undefined;
        if (await this.#adopt({ ...meta, passageCharacters })) return this.#info();
      }
    });
  }

  /** Removes what a re-embedding has made so far, unless a tab is at work on it. */
  dropStaged(): Promise<void> {
    return this.exclusive(() =>
      this.asWriter(async () => {
        if (await isHeld(REEMBEDDING_LOCK + this.storage.name)) return;
        await this.storage.staging.drop();
        await this.sweep();
      }),
    );
  }

  beginExport(): Promise<ExportStart> {
    return this.exclusive(async () => {
      const { meta } = await this.#current();
      const { passageCharacters, generation } = meta;
      return { info: infoOf(this.storage.name, meta), passageCharacters, generation };
    });
  }

  /** One turn of the queue for each piece: an export holds up no other call for long. */
  exportPiece(generation: number, row: number): Promise<ExportPiece> {
    return this.exclusive(async () => {
      const { contents, meta } = await this.#fresh();
      const some = (ids: readonly string[]) => this.storage.documents(ids, generation);
      const piece =
        meta.generation === generation
          ? await this.#unlessStale(meta, readPiece(contents.table, row, some))
          : undefined;
      if (!piece) throw changedMeanwhile(this.storage.name);
      return piece;
    });
  }

  search(request: SearchRequest): Promise<Hit[]> {
    return this.exclusive(async () => {
      for (let attempt = 1; ; attempt++) {
        const find = (): Promise<Hit[] | undefined> => this.#find(request);
        // Who never finds the collection as it was read has the others wait for once.
        const hits = await (attempt < FAIR_ATTEMPTS ? find() : this.asWriter(find));
        if (hits) return hits;
        this.#drop();
      }
    });
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#channel.close();
    this.#drop();
    await this.storage.close();
  }

  /** Forgets what is in memory and tells other tabs; for writers of the storage other than this. */
  async changed(): Promise<void> {
    this.#drop();
    this.#channel.postMessage((await this.storage.meta()).generation);
  }

  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    // The caller has the failure; the queue only waits for the end.
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Undefined where another tab has written meanwhile. */
  async #find(request: SearchRequest): Promise<Hit[] | undefined> {
    const { contents, meta } = await this.#fresh();
    return this.#unlessStale(
      meta,
      findHits(contents, request, {
        all: () => this.storage.all(),
        some: (ids) => this.storage.documents(ids, meta.generation),
      }),
    );
  }

  async #info(): Promise<CollectionInfo> {
    const info = infoOf(this.storage.name, await this.storage.meta());
    const gpu = this.#state?.contents.table.index.gpu;
    return gpu ? { ...info, gpu } : info;
  }

  /** One that is empty, its files not there yet. */
  async newContents(dimensions: number): Promise<Contents> {
    const table = new Table(await this.kernels(), dimensions, this.#newFiles());
    return new Contents(table, new WordTable());
  }

  /** Runs `work` as the only writer of all tabs; for work that runs exclusively here. */
  async asWriter<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isWriter) return work();
    return asWriter(DATABASE_PREFIX + this.storage.name, async () => {
      this.#isWriter = true;
      try {
        return await work();
      } finally {
        this.#isWriter = false;
      }
    });
  }

  /** Removes files that nothing refers to; for the only writer. What cannot be removed stays. */
  async sweep(): Promise<void> {
    try {
      const { edition } = await this.storage.meta();
      const staging = await this.storage.staging.meta();
      const isUsed = (file: string) => isOf(edition, file) || isOf(staging?.edition, file);
      await sweepOpfsFolder(this.storage.name, isUsed);
    } catch {
      // The next sweep takes them: no write fails for what it leaves behind.
    }
  }

  kernels(): Promise<SearchModule> {
    this.#module ??= loadSearchModule().then((module) => ({
      ...module,
      ...(this.#gpu && { gpu: this.#gpu }),
    }));
    // What failed may come the next time.
    this.#module.catch(() => (this.#module = undefined));
    return this.#module;
  }

  #newFiles(): RowFiles {
    return new RowFiles(this.storage.name, this.storage.pages);
  }

  #drop(): void {
    this.#state?.contents.close();
    this.#state = undefined;
  }

  async #fresh(): Promise<State> {
    for (;;) {
      if (this.#state) return this.#state;
      const meta = await this.storage.meta();
      const { spec, name } = this.#request;
      if (!sameSpec(meta, spec)) throw incompatible(name, meta, spec);
      if (meta.format === OLD_FORMAT) {
        await this.#migrate(meta);
        continue;
      }
      const files = new RowFiles(name, this.storage.pages, meta.edition);
      let contents: Contents | undefined;
      try {
        contents = await this.#unlessStale(meta, this.#load(meta, files));
        if (contents) {
          this.#state = { meta, contents };
          this.#openWordsSoon(contents);
        }
      } finally {
        if (!contents) files.close();
      }
    }
  }

  /** Undefined where another tab has written since `meta` was read. */
  async #load(meta: Meta, files: RowFiles): Promise<Contents | undefined> {
    const reading = this.storage.load(meta.generation);
    const preparing = Promise.all([this.kernels(), files.edition && files.open()]);
    // All at once, and none is unhandled.
    const [stored, [module]] = await Promise.all([reading, preparing]);
    const read = (): AsyncGenerator<DocumentRecord[]> => this.storage.all();
    return stored && Contents.load(module, meta, stored, files, read);
  }

  /** Not before whoever waits for the collection has it. */
  #openWordsSoon(contents: Contents): void {
    setTimeout(() => {
      if (this.#state?.contents === contents) contents.words.openIfSound();
    });
  }

  /** As it is stored now: another tab may have written since it was read. */
  async #current(): Promise<State> {
    for (;;) {
      const state = await this.#fresh();
      if ((await this.storage.meta()).generation === state.meta.generation) return state;
      this.#drop();
    }
  }

  /** Undefined for what failed because another tab has put other files in place of those it read. */
  async #unlessStale<T>(meta: Meta, reading: Promise<T>): Promise<T | undefined> {
    try {
      return await reading;
    } catch (error) {
      if ((await this.storage.meta()).generation === meta.generation) throw error;
      return undefined;
    }
  }

  /** Brings a collection of format 1 into this one's. */
  #migrate(meta: Meta): Promise<void> {
    return this.asWriter(async () => {
      const { table } = await this.newContents(meta.dimensions);
      try {
        for await (const chunk of this.storage.oldChunks()) {
          adoptOld(table, chunk);
          await table.relieve();
        }
        const contents = await Contents.withWords(table, () => this.storage.all());
        await this.#commit(meta, contents, { replace: 'vectors' });
      } finally {
        table.close();
        await this.sweep();
      }
    });
  }

  /** Empties it for the model that is asked for; gives false when another tab wrote first. */
  async #adopt({ generation, passageCharacters }: Meta): Promise<boolean> {
    const adopted = { ...newMeta(this.#request.spec, passageCharacters), generation };
    return this.asWriter(async () => {
      const contents = await this.newContents(this.#request.spec.dimensions);
      const committed = await this.#commit(adopted, contents, { replace: 'all' });
      // Files that are open are not removed.
      await this.changed();
      if (committed) await this.sweep();
      return committed !== undefined;
    });
  }

  /** Changes memory and disk alike; starts over when another tab wrote first. */
  #write(make: (state: State) => Promise<Change | undefined>): Promise<void> {
    return this.asWriter(async () => {
      for (;;) {
        // Another may have written while this waited for its turn.
        const before = await this.#current();
        // Until the commit, memory is ahead of the disk: a failure must not leave it in place.
        this.#state = undefined;
        const used = new Set([before.contents]);
        let after: State | undefined;
        try {
          const change = await make(before);
          if (!change) after = before;
          else {
            const { contents = before.contents } = change;
            used.add(contents);
            const meta = await this.#commit(before.meta, contents, change);
            if (meta) after = { meta, contents };
          }
        } finally {
          for (const contents of used) if (contents !== after?.contents) contents.close();
          // What a write that failed has begun must not fill the disk.
          if (!after) await this.sweep();
        }
        if (!after) continue;
        this.#state = after;
        if (after.meta !== before.meta) this.#channel.postMessage(after.meta.generation);
        if (after.contents !== before.contents) await this.sweep();
        return;
      }
    });
  }

  /** Gives what is stored then; undefined when another tab wrote first. */
  async #commit(
    before: Meta,
    contents: Contents,
    { dtypes = [], put = [], remove = [], replace }: Change,
  ): Promise<Meta | undefined> {
    const writes = await contents.takeWrites();
    const meta = this.#metaOf(before, contents.table, dtypes);
    const commit: Commit = { put, remove, ...writes, meta, ...(replace && { replace }) };
    if (!(await this.storage.commit(before.generation, commit))) return undefined;
    return { ...meta, generation: before.generation + 1 };
  }

  #metaOf(meta: Meta, table: Table, dtypes: readonly Dtype[]): Meta {
    const { pooling } = this.#request.spec;
    const known = table.documents === 0 ? [] : [...(meta.dtypes ?? []), ...dtypes];
    return {
      ...meta,
      ...table.record,
      format: FORMAT,
      ...(pooling && { pooling }),
      dtypes: [...new Set(known)],
      passageCharacters: this.#request.passageCharacters ?? meta.passageCharacters,
    };
  }

  async #compact(): Promise<void> {
    try {
      await this.#write(async ({ contents }) => {
        if (!contents.table.isWasteful || this.#hasNoRoom) return undefined;
        const compacted = await contents.compacted(await this.kernels(), this.#newFiles());
        return { replace: 'vectors', contents: compacted };
      });
    } catch (error) {
      // A full disk has no room for the rewriting: the dead rows stay until it is opened again.
      if (!(error instanceof NearfieldError) || error.code !== 'quota') throw error;
      this.#hasNoRoom = true;
    }
  }
}

/** Takes rows as format 1 kept them. */
function adoptOld(table: Table, { owners, vectors }: OldChunk): void {
  const { dimensions } = table.index;
  if (vectors.length !== owners.length * dimensions) {
    throw new NearfieldError('storage', 'What is stored of the vectors is damaged.');
  }
  for (const [i, owner] of owners.entries()) {
    if (owner !== null) table.append(owner, vectors.subarray(i * dimensions, (i + 1) * dimensions));
  }
}
