import { afterEach, expect, it } from 'vitest';
import { toNearfieldError } from '../contract/index.ts';
import { nearestTo } from './birds.ts';
import { deleteCollection } from './catalogue.ts';
import { numbered } from './numbered.ts';
import { SearchSession, spawnSearchWorker } from './session.ts';
import type { CutDocument } from './wire.ts';

const KILLS = 50;
const WIDTH = 64;
const NAME = 'killed-test';
const SPEC = { model: 'm', revision: '1', pooling: 'mean', dimensions: WIDTH } as const;
const { direction } = numbered(WIDTH);

let session: SearchSession;
let worker: Worker;

function open(): SearchSession {
  session = new SearchSession({ name: NAME, spec: SPEC }, () => (worker = spawnSearchWorker()));
  return session;
}

afterEach(async () => {
  await session.close();
  await deleteCollection(NAME);
});

/** A write's documents: some new, some in the place of others. */
function batch(write: number, count: number): [CutDocument[], Float32Array<ArrayBuffer>] {
  const ids = Array.from({ length: count }, (_, i) => (write % 3 === 0 ? i : write * 1000 + i));
  const cut = ids.map((id) => {
    const text = `text ${id} of write ${write}`;
    return { document: { id: `d${id}`, text }, spans: Uint32Array.of(0, text.length) };
  });
  return [cut, Float32Array.from(ids.flatMap((id) => [...direction(id + write)]))];
}

/** What the collection must be after a write. */
function applied(
  model: Map<string, string>,
  [cut]: readonly [CutDocument[], unknown],
): typeof model {
  const after = new Map(model);
  for (const { document } of cut) after.set(document.id, document.text);
  return after;
}

async function stored(): Promise<Map<string, string>> {
  const documents = await session.call((api) => api.list(0, 1_000_000));
  return new Map(documents.map(({ id, text }) => [id, text]));
}

it(`has each write whole or not at all, killed ${KILLS} times in the midst of one`, async () => {
  let lost = 0;
  let late = 0;
  open();
  await session.open();
  const began = performance.now();
  await session.call((api) => api.put(...batch(3, 200)));
  const usual = performance.now() - began;
  let model = applied(new Map(), batch(3, 200));
  for (let write = 4; write < 4 + KILLS; write++) {
    const next = batch(write, 20 + ((write * 37) % 300));
    const putting = session
      .call((api) => api.put(...next))
      .then(
        () => 'stored',
        (error: unknown) => toNearfieldError(error).code,
      );
    // From before the first byte to after the commit.
    const moment = (1.5 * usual * ((write * 7) % KILLS)) / KILLS;
    await new Promise((resolve) => setTimeout(resolve, moment));
    worker.terminate();
    const outcome = await putting;
    await session.close();
    open();
    const found = await stored();
    const after = applied(model, next);
    const isThere =
      found.size === after.size && [...after].every(([id, text]) => found.get(id) === text);
    if (isThere) late++;
    else {
      // Whoever was told that it is stored must find it.
      expect(outcome).toBe('worker-crashed');
      expect(found).toEqual(model);
      lost++;
    }
    if (isThere) model = after;
    const opened = await session.open();
    expect(opened.info.passages).toBe(model.size);
    const [first] = next[0];
    const [hit] = await session.call((api) => api.search(nearestTo(next[1].slice(0, WIDTH))));
    if (isThere) expect(hit).toMatchObject({ id: first!.document.id, text: first!.document.text });
  }
  // Both must have happened, or the kills came at the wrong moments.
  expect(lost).toBeGreaterThan(3);
  expect(late).toBeGreaterThan(3);
});
