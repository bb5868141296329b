import { transfer } from 'comlink';
import { NearfieldError, replyWith, toNearfieldError } from '../contract/index.ts';
import type {
  CollectionInfo,
  DocumentInput,
  Dtype,
  Hit,
  Reply,
  StoredDocument,
} from '../contract/index.ts';
import { deleteDatabase } from '../cache/index.ts';
import { asWriter, removeOpfsFolder } from './disk/index.ts';
import { toStored } from './documents.ts';
import { LiveCollection, type KnownRequest } from './live.ts';
import { Reembedding } from './reembedding.ts';
import { DATABASE_PREFIX, infoOf } from './schema.ts';
import { plainSpec } from './spec.ts';
import { CollectionStorage } from './storage.ts';
import type {
  CutDocument,
  ExportPiece,
  ExportStart,
  Opened,
  OpenRequest,
  ReembeddingStart,
  Removal,
  SearchRequest,
  SearchWorkerApi,
  VectorSpec,
} from './wire.ts';

type Vectors = Float32Array<ArrayBuffer>;

/** The search worker's side of a collection: what crosses the bridge, with codes on its errors. */
export class SearchService implements SearchWorkerApi {
  #request: KnownRequest | undefined;
  #live: LiveCollection | undefined;
  #reembedding: Reembedding | undefined;

  open(asked: OpenRequest): Promise<Reply<Opened | undefined>> {
    return replyWith(async () => {
      const spec = asked.spec ?? (await storedSpec(asked.name));
      if (!spec) return undefined;
      this.#request = { ...asked, spec };
      this.#live = new LiveCollection(this.#request);
      return this.#live.open();
    });
  }

  info(): Promise<Reply<CollectionInfo>> {
    return this.#reply((live) => live.info());
  }

  cut(documents: readonly DocumentInput[]): Promise<Reply<CutDocument[]>> {
    return this.#reply((live) => live.cut(documents));
  }

  put(
    documents: readonly CutDocument[],
    vectors: Vectors,
    dtypes?: readonly Dtype[],
  ): Promise<Reply<CollectionInfo>> {
    return this.#reply((live) => live.put(documents, vectors, dtypes));
  }

  remove(ids: readonly string[]): Promise<Reply<Removal>> {
    return this.#reply((live) => live.remove(ids));
  }

  clear(): Promise<Reply<CollectionInfo>> {
    return this.#reply((live) => live.clear());
  }

  startOver(
    passageCharacters: number,
    onlyEmpty: boolean,
  ): Promise<Reply<CollectionInfo | undefined>> {
    return this.#reply((live) => live.startOver(passageCharacters, onlyEmpty));
  }

  get(id: string): Promise<Reply<StoredDocument | undefined>> {
    return this.#reply(async (live) => {
      const record = await live.storage.get(id);
      return record && toStored(record);
    });
  }

  list(offset: number, limit: number): Promise<Reply<StoredDocument[]>> {
    return this.#reply(async (live) => (await live.storage.list(offset, limit)).map(toStored));
  }

  search(request: SearchRequest): Promise<Reply<Hit[]>> {
    return this.#reply((live) => live.search(request));
  }

  beginExport(): Promise<Reply<ExportStart>> {
    return this.#reply((live) => live.beginExport());
  }

  async exportPiece(generation: number, row: number): Promise<Reply<ExportPiece>> {
    const reply = await this.#reply((live) => live.exportPiece(generation, row));
    return reply.value ? transfer(reply, [reply.value.vectors.buffer]) : reply;
  }

  beginReembedding(): Promise<Reply<ReembeddingStart | undefined>> {
    return this.#reply(async (live) => {
      if (!this.#request) throw notOpen();
      const reembedding = new Reembedding(live, this.#request.spec, await live.room());
      this.#reembedding?.close();
      this.#reembedding = reembedding;
      return live.exclusive(() => reembedding.begin());
    });
  }

  nextToReembed(): Promise<Reply<CutDocument[]>> {
    return this.#reply((live) => live.exclusive(() => this.#staging().next()));
  }

  stage(documents: readonly CutDocument[], vectors: Vectors, dtype: Dtype): Promise<Reply<void>> {
    return this.#reply((live) =>
      live.exclusive(() => this.#staging().stage(documents, vectors, dtype)),
    );
  }

  finishReembedding(): Promise<Reply<CollectionInfo | undefined>> {
    return this.#reply(async (live) => {
      const staging = this.#staging();
      if (!(await live.exclusive(() => staging.finish()))) return undefined;
      this.#reembedding = undefined;
      return live.info();
    });
  }

  dropStaged(): Promise<Reply<void>> {
    return this.#reply((live) => live.dropStaged());
  }

  close(): Promise<Reply<void>> {
    return replyWith(async () => {
      await this.#live?.close();
      this.#reembedding?.close();
      this.#live = undefined;
    });
  }

  listCollections(): Promise<Reply<CollectionInfo[]>> {
    return replyWith(async () => {
      const infos = await Promise.all((await storedNames()).sort().map(storedInfo));
      return infos.filter((info) => info !== undefined);
    });
  }

  deleteCollection(name: string): Promise<Reply<void>> {
    return replyWith(async () => {
      await asWriter(DATABASE_PREFIX + name, async () => {
        await deleteDatabase(DATABASE_PREFIX + name);
        const channel = new BroadcastChannel(DATABASE_PREFIX + name);
        channel.postMessage(Number.POSITIVE_INFINITY);
        channel.close();
        await removeOpfsFolder(name);
      });
    });
  }

  #reply<T>(work: (live: LiveCollection) => Promise<T>): Promise<Reply<T>> {
    return replyWith(() => {
      if (!this.#live) throw notOpen();
      return work(this.#live);
    });
  }

  #staging(): Reembedding {
    if (this.#reembedding) return this.#reembedding;
    // Another worker began it.
    const advice = 'Open the collection again: it goes on from what is stored.';
    throw new NearfieldError('worker-crashed', `The search worker died in its work. ${advice}`);
  }
}

async function storedNames(): Promise<string[]> {
  const databases = await indexedDB.databases();
  return databases.flatMap(({ name }) =>
    name?.startsWith(DATABASE_PREFIX) ? [name.slice(DATABASE_PREFIX.length)] : [],
  );
}

/** Of a collection that has documents; one without takes any. */
async function storedSpec(name: string): Promise<VectorSpec | undefined> {
  if (!(await storedNames()).includes(name)) return undefined;
  const storage = new CollectionStorage(name);
  try {
    const meta = await storage.meta();
    return meta.documents > 0 ? plainSpec(meta) : undefined;
  } finally {
    await storage.close();
  }
}

/**
 * Undefined when the collection was deleted while it was being listed. One that cannot be read is
 * listed with the reason: it must neither hide the others nor be hidden from who would delete it.
 */
async function storedInfo(name: string): Promise<CollectionInfo | undefined> {
  const storage = new CollectionStorage(name);
  try {
    return infoOf(name, await storage.meta());
  } catch (error) {
    const { code, message } = toNearfieldError(error);
    if (code === 'closed') return undefined;
    const empty = { model: '', revision: '', dimensions: 0, dtypes: [], documents: 0, passages: 0 };
    return { name, ...empty, problem: message };
  } finally {
    await storage.close();
  }
}

function notOpen(): NearfieldError {
  return new NearfieldError('internal', 'The search worker has no collection open.');
}
