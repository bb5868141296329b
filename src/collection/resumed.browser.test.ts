import { openDB } from 'idb';
import { afterEach, expect, it } from 'vitest';
import { toNearfieldError } from '../contract/index.ts';
import type { DocumentInput, EmbedProgress } from '../contract/index.ts';
import { reembed } from './adding.ts';
import { nearestTo } from './birds.ts';
import { deleteCollection } from './catalogue.ts';
import { specOf } from './checks.ts';
import { HashingEmbedder } from './hashing-embedder.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import type { CutDocument } from './wire.ts';

const NAME = 'resumed-test';
const FRESH = 'resumed-test-fresh';
const DOCUMENTS = 448;
/** Documents, of one passage each, that are embedded at once. */
const BATCH = 16;
/** While what is staged takes the place of what counts. */
const FINISH_KILLS = 3;

const before = new HashingEmbedder({ model: 'before', dimensions: 64 });
let sessions: SearchSession[] = [];

function open(name: string, embedder: HashingEmbedder, spawn: () => Worker): SearchSession {
  const spec = specOf(embedder, embedder.info.dimensions);
  const session = new SearchSession({ name, spec }, spawn);
  sessions.push(session);
  return session;
}

/** The search worker of a browser without OPFS. */
function spawnPaged(): Worker {
  const url = new URL('./elsewhere.test-worker.ts', import.meta.url);
  return new Worker(url, { type: 'module', name: 'without' });
}

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  sessions = [];
  await deleteCollection(NAME);
  await deleteCollection(FRESH);
});

function textOf(number: number, version = 0): string {
  return `word${number} of version${version} and ${number % 7} ${number % 11}`;
}

async function put(
  session: SearchSession,
  embedder: HashingEmbedder,
  documents: readonly DocumentInput[],
): Promise<void> {
  const cut = documents.map((document): CutDocument => {
    return { document, spans: Uint32Array.of(0, document.text.length) };
  });
  const { data } = await embedder.embed(documents.map(({ text }) => text));
  await session.call((api) => api.put(cut, data));
}

/** Vectors by document, as they are on the disk. */
async function rowsOf(session: SearchSession): Promise<Map<string, Float32Array>> {
  const rows = new Map<string, Float32Array>();
  const { generation, info } = await session.call((api) => api.beginExport());
  for (let next: number | undefined = 0; next !== undefined;) {
    const from: number = next;
    const piece = await session.call((api) => api.exportPiece(generation, from));
    for (const [i, { document }] of piece.documents.entries()) {
      rows.set(document.id, piece.vectors.slice(i * info.dimensions, (i + 1) * info.dimensions));
    }
    ({ next } = piece);
  }
  return rows;
}

/** Has every tab read the collection from the disk again. */
function forget(): void {
  const channel = new BroadcastChannel(`nearfield-collection-${NAME}`);
  channel.postMessage(Number.MAX_SAFE_INTEGER);
  channel.close();
}

async function assertWhole(session: SearchSession, model: Map<string, string>): Promise<void> {
  forget();
  const stored = await session.call((api) => api.list(0, 1_000_000));
  expect(new Map(stored.map(({ id, text }) => [id, text]))).toEqual(model);
  const [id, text] = [...model].at(-1)!;
  const { data } = await before.embed(text);
  const [near] = await session.call((api) => api.search(nearestTo(data)));
  expect(near?.id).toBe(id);
  const words = { ...nearestTo(data), mode: 'lexical', text: text.split(' ')[0]! } as const;
  const [named] = await session.call((api) => api.search(words));
  expect(named?.id).toBe(id);
}

it.each([
  ['OPFS', spawnSearchWorker, 14],
  ['pages of the database', spawnPaged, 6],
] as const)('goes on after each kill, with files in %s', async (_, spawn, kills) => {
  const old = open(NAME, before, () => spawn());
  const model = new Map(Array.from({ length: DOCUMENTS }, (_, i) => [`d${i}`, textOf(i)]));
  const documents = (): DocumentInput[] => [...model].map(([id, text]) => ({ id, text }));
  await put(old, before, documents());

  const after = new HashingEmbedder({ model: 'after', dimensions: 48 });
  const work = { embedder: after, assertSame: () => undefined, dimensions: 48 };
  const workers: Worker[] = [];
  const next = open(NAME, after, () => {
    const worker = spawn();
    workers.push(worker);
    return worker;
  });
  const killed = (onProgress: (report: EmbedProgress) => void): Promise<string> =>
    reembed(next, { ...work, onProgress }).then(
      () => 'done',
      (error: unknown) => toNearfieldError(error).code,
    );
  let changed = 0;
  let staged = 0;
  for (let kill = 0; kill < kills; kill++) {
    // What is killed before it has begun would hang: only a page does that.
    await next.open();
    const reports: EmbedProgress[] = [];
    const calls = after.calls.length;
    const moment = (kill * 0.618) % 1;
    const terminate = (): void => workers.at(-1)!.terminate();
    // From before a batch is embedded to after it is stored, and some while the first one is sought.
    if (kill % 5 === 4) setTimeout(terminate, 40 * moment);
    after.turn = (call) => {
      if (call === calls + 1 + (kill % 2)) setTimeout(terminate, 20 * moment);
    };
    expect(await killed((report) => reports.push(report))).toBe('worker-crashed');
    await assertWhole(old, model);
    if (reports[0]) {
      expect(reports[0].done).toBeGreaterThanOrEqual(staged - changed);
      expect(reports[0].total).toBe(model.size);
      staged = reports[0].done;
    }
    if (kill % 6 !== 5) continue;
    // One that is staged by now, one that is not yet, and one that is new.
    const edited = ['d0', `d${DOCUMENTS - kill}`, `e${kill}`];
    for (const id of edited) model.set(id, textOf(1000 + changed++, kill));
    await put(
      old,
      before,
      edited.map((id) => ({ id, text: model.get(id)! })),
    );
    const gone = [`d${10 + kill}`, `d${DOCUMENTS - 20 - kill}`];
    for (const id of gone) model.delete(id);
    await old.call((api) => api.remove(gone));
  }
  expect(staged).toBeGreaterThan(BATCH);
  after.turn = () => undefined;
  for (let kill = 0; kill < FINISH_KILLS; kill++) {
    await next.open();
    const terminate = (): void => workers.at(-1)!.terminate();
    const outcome = await killed(({ done, total }) => {
      if (done === total) setTimeout(terminate, 20 * kill);
    });
    const { model: stored } = await next.call((api) => api.info());
    if (stored === 'after') break;
    expect(outcome).toBe('worker-crashed');
    await assertWhole(old, model);
  }
  const info = await reembed(next, work);
  expect(info).toMatchObject({ model: 'after', documents: model.size, passages: model.size });
  const embedded = after.calls.flat().length;
  expect(embedded).toBeLessThanOrEqual(DOCUMENTS + changed + (kills + FINISH_KILLS) * BATCH);

  const fresh = open(FRESH, after, () => spawn());
  await put(fresh, after, documents());
  expect(await rowsOf(next)).toEqual(await rowsOf(fresh));
  const db = await openDB(`nearfield-collection-${NAME}`);
  expect([await db.count('staged'), await db.count('stagedSegments')]).toEqual([0, 0]);
  expect(await db.get('meta', 'staging')).toBeUndefined();
  db.close();
});
