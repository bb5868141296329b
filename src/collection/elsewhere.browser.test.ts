import { openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import { deleteCollection } from './catalogue.ts';
import { numbered } from './numbered.ts';
import { SearchSession } from './session.ts';

const NAME = 'elsewhere-test';
const WIDTH = 100;
const SPEC = { model: 'm', revision: '1', pooling: 'mean', dimensions: WIDTH } as const;
const { direction, documents, nearest } = numbered(WIDTH);

let sessions: SearchSession[] = [];

function open(kind: string): SearchSession {
  const url = new URL('./elsewhere.test-worker.ts', import.meta.url);
  const session = new SearchSession(
    { name: NAME, spec: SPEC },
    () => new Worker(url, { type: 'module', name: kind }),
  );
  sessions.push(session);
  return session;
}

afterEach(async () => {
  await Promise.all(sessions.map((session) => session.close()));
  sessions = [];
  await deleteCollection(NAME);
});

async function stored(): Promise<number> {
  const db = await openDB(`nearfield-collection-${NAME}`);
  const count = await db.count('pages');
  db.close();
  return count;
}

describe.each([
  ['without OPFS, in pages of the database', 'without', true],
  ['where a file has one handle at a time', 'exclusive', false],
])('%s', (_, kind, inPages) => {
  it('stores, finds, rewrites and reads again, in two tabs', async () => {
    const first = open(kind);
    await first.call((api) => api.put(...documents(0, 1100)));
    const second = open(kind);
    expect(await nearest(second, 1050)).toBe('d1050');
    await second.call((api) => api.put(...documents(1100, 1200)));
    expect(await nearest(first, 1150)).toBe('d1150');
    await Promise.all([
      first.call((api) => api.put(...documents(1200, 1300))),
      second.call((api) => api.put(...documents(1300, 1400))),
    ]);
    for (const session of [first, second]) {
      for (const i of [0, 1099, 1250, 1350]) expect(await nearest(session, i)).toBe(`d${i}`);
    }
    const { generation, info } = await first.call((api) => api.beginExport());
    const piece = await first.call((api) => api.exportPiece(generation, 900));
    expect(info.passages).toBe(1400);
    expect([piece.next, piece.documents.at(-1)?.document.id]).toEqual([1156, 'd1155']);
    expect(piece.vectors.slice(-WIDTH)).toEqual(direction(1155));

    expect((await stored()) > 0).toBe(inPages);

    const gone = Array.from({ length: 1000 }, (_gone, i) => `d${i}`);
    await first.call((api) => api.remove(gone));
    expect(await nearest(second, 1250)).toBe('d1250');
    expect(await nearest(second, 5)).not.toBe('d5');
    await Promise.all([first.close(), second.close()]);
    const again = open(kind);
    expect((await again.open()).info).toMatchObject({ documents: 400, passages: 400 });
    expect(await nearest(again, 1399)).toBe('d1399');
  });
});
