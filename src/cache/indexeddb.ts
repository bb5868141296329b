import type { DBSchema, IDBPDatabase } from 'idb';
import { Connection } from './connection.ts';
import {
  DEFAULT_CACHE_BYTES,
  type CachedVector,
  type CacheEntry,
  type CacheSize,
  type VectorStore,
} from './store.ts';
import { settle, transact, type Transaction } from './transaction.ts';

/** When a vector was last used, apart from the vector: a read must not write 4 KB back. */
interface Use {
  key: string;
  /** A count of uses, not a time: it needs no clock and cannot jump. */
  used: number;
  bytes: number;
}

interface Totals extends CacheSize {
  /** The latest `used`. */
  clock: number;
}

interface CacheSchema extends DBSchema {
  vectors: { key: string; value: CachedVector };
  uses: { key: string; value: Use; indexes: { used: number } };
  totals: { key: 'totals'; value: Totals };
}

type Write = Transaction<CacheSchema, 'readwrite'>;

export interface IndexedDbOptions {
  /** Most bytes of vectors kept. @default 268435456 */
  maxBytes?: number;
  /** @default 'nearfield-vectors' */
  name?: string;
  /** Milliseconds of quiet after which uses are written down. @default 2000 */
  flushAfter?: number;
}

const ALL_STORES: ('vectors' | 'uses' | 'totals')[] = ['vectors', 'uses', 'totals'];
const NOTHING: Totals = { vectors: 0, bytes: 0, clock: 0 };
const EVICTION_BATCH = 256;

/** Vectors that stay across reloads; tabs may share one database. */
export class IndexedDbStore implements VectorStore {
  readonly #maxBytes: number;
  readonly #flushAfter: number;
  readonly #connection: Connection<CacheSchema>;
  /** Keys read since the last write, oldest first. */
  #touched = new Set<string>();
  #flushing: ReturnType<typeof setTimeout> | undefined;

  constructor(options: IndexedDbOptions = {}) {
    this.#maxBytes = options.maxBytes ?? DEFAULT_CACHE_BYTES;
    this.#flushAfter = options.flushAfter ?? 2000;
    this.#connection = new Connection({
      name: options.name ?? 'nearfield-vectors',
      version: 1,
      upgrade,
    });
  }

  async getMany(keys: readonly string[]): Promise<(CachedVector | undefined)[]> {
    const unique = [...new Set(keys)];
    const values = await this.#connection.run((db) =>
      transact(db, ['vectors'], 'readonly', (transaction) => {
        const store = transaction.objectStore('vectors');
        return Promise.all(unique.map((key) => store.get(key)));
      }),
    );
    const found = new Map(unique.map((key, i) => [key, values[i]]));
    this.#touch(unique.filter((key) => found.get(key) !== undefined));
    return keys.map((key) => copy(found.get(key)));
  }

  async putMany(entries: readonly CacheEntry[]): Promise<void> {
    const latest = new Map(entries.map((entry) => [entry.key, entry]));
    await this.#write(async (transaction, totals) => {
      await this.#put(transaction, totals, [...latest.values()]);
    });
  }

  async clear(): Promise<void> {
    this.#touched.clear();
    await this.#connection.run((db) =>
      transact(db, ALL_STORES, 'readwrite', (transaction) =>
        settle(ALL_STORES.map((name) => transaction.objectStore(name).clear())),
      ),
    );
  }

  async size(): Promise<CacheSize> {
    const totals = await this.#connection.run((db) => db.get('totals', 'totals'));
    return { vectors: totals?.vectors ?? 0, bytes: totals?.bytes ?? 0 };
  }

  async close(): Promise<void> {
    clearTimeout(this.#flushing);
    await this.#flush();
    await this.#connection.close();
  }

  #touch(keys: readonly string[]): void {
    for (const key of keys) {
      this.#touched.delete(key);
      this.#touched.add(key);
    }
    if (keys.length === 0) return;
    clearTimeout(this.#flushing);
    this.#flushing = setTimeout(() => void this.#flush(), this.#flushAfter);
  }

  /** Never fails: a lost stamp only changes what goes first, and the next write meets the fault. */
  async #flush(): Promise<void> {
    if (this.#touched.size === 0) return;
    await this.#write(async () => undefined).catch(() => undefined);
  }

  /** Every write notes the pending uses first, so that eviction in it goes by them. */
  async #write(work: (transaction: Write, totals: Totals) => Promise<void>): Promise<void> {
    const touched = this.#touched;
    this.#touched = new Set();
    await this.#connection.run((db) =>
      transact(db, ALL_STORES, 'readwrite', async (transaction) => {
        const totals = soundTotals(await transaction.objectStore('totals').get('totals'));
        await noteUses(transaction, totals, [...touched]);
        await work(transaction, totals);
        await transaction.objectStore('totals').put(totals, 'totals');
      }),
    );
  }

  async #put(transaction: Write, totals: Totals, entries: readonly CacheEntry[]): Promise<void> {
    const uses = transaction.objectStore('uses');
    const vectors = transaction.objectStore('vectors');
    const old = await Promise.all(entries.map(({ key }) => uses.get(key)));
    const requests = entries.flatMap(({ key, vector, tokens, truncated }, i) => {
      const bytes = vector.byteLength;
      totals.vectors += old[i] ? 0 : 1;
      totals.bytes += bytes - (old[i]?.bytes ?? 0);
      // A view would be stored with all of the buffer under it.
      const value = { vector: vector.slice(), tokens, truncated };
      return [vectors.put(value, key), uses.put({ key, used: ++totals.clock, bytes })];
    });
    await settle(requests);
    await evict(transaction, totals, this.#maxBytes);
  }
}

function upgrade(db: IDBPDatabase<CacheSchema>): void {
  db.createObjectStore('vectors');
  db.createObjectStore('uses', { keyPath: 'key' }).createIndex('used', 'used');
  db.createObjectStore('totals');
}

async function noteUses(
  transaction: Write,
  totals: Totals,
  keys: readonly string[],
): Promise<void> {
  const uses = transaction.objectStore('uses');
  const stored = await Promise.all(keys.map((key) => uses.get(key)));
  // Another tab may have evicted some since.
  const kept = stored.filter((use) => use !== undefined);
  await settle(kept.map((use) => uses.put({ ...use, used: ++totals.clock })));
}

async function evict(transaction: Write, totals: Totals, maxBytes: number): Promise<void> {
  const uses = transaction.objectStore('uses');
  const vectors = transaction.objectStore('vectors');
  while (totals.bytes > maxBytes) {
    const oldest = await uses.index('used').getAll(null, EVICTION_BATCH);
    if (oldest.length === 0) return;
    const requests: Promise<void>[] = [];
    for (const { key, bytes } of oldest) {
      if (totals.bytes <= maxBytes) break;
      totals.bytes -= bytes;
      totals.vectors -= 1;
      requests.push(vectors.delete(key), uses.delete(key));
    }
    await settle(requests);
  }
}

/** Several askers of one key must not share an array; what is no vector is not there. */
function copy(value: CachedVector | undefined): CachedVector | undefined {
  return isWhole(value) ? { ...value, vector: value.vector.slice() } : undefined;
}

/** A record that another version or another hand wrote may lack anything. */
function isWhole(value: Partial<CachedVector> | undefined): value is CachedVector {
  return (
    value?.vector instanceof Float32Array &&
    typeof value.tokens === 'number' &&
    typeof value.truncated === 'boolean'
  );
}

/** Totals that are none would keep everything for good: NaN is over no limit. */
function soundTotals(totals: Totals | undefined): Totals {
  const sound = totals && [totals.vectors, totals.bytes, totals.clock].every(Number.isSafeInteger);
  return sound ? { ...totals } : { ...NOTHING };
}
