import { afterEach, expect, it, vi } from 'vitest';
import type { Collection, DocumentInput, Hit } from '../contract/index.ts';
import { Aviary } from './birds.ts';
import { HashingEmbedder } from './hashing-embedder.ts';

/** More than are compared one by one, and so wide that sign bits choose among them. */
const COUNT = 20_500;
const DIMENSIONS = 512;

const embedder = new HashingEmbedder({ dimensions: DIMENSIONS });
const aviary = new Aviary('gpu-test', { embedder });
afterEach(() => aviary.end());

const OSPREY = 'an osprey over the water';

function documents(from: number, end: number): DocumentInput[] {
  return Array.from({ length: end - from }, (_, i) => {
    const number = from + i;
    return { id: `d${number}`, text: `birds ${number % 97} and ${number % 101}` };
  });
}

async function add(birds: Collection, added: readonly DocumentInput[]): Promise<void> {
  const texts = added.map(({ text }) => text);
  const { data } = await embedder.embed(texts);
  await birds.addEmbedded(added, { data, model: 'hashing', revision: '1', dimensions: DIMENSIONS });
}

function search(birds: Collection): Promise<Hit[]> {
  return birds.search(OSPREY, { limit: 2, mode: 'vector', explain: true });
}

/** Hits, and where they were scanned. */
async function answer(birds: Collection): Promise<[string | undefined, unknown]> {
  const hits = await search(birds);
  const plain = hits.map(({ id, score, similarity }) => ({ id, score, similarity }));
  return [hits[0]!.explanation!.scan, plain];
}

it('a collection scans on the GPU where it is told to, says so, and finds the same', async () => {
  const birds = await aviary.open({ gpu: true });
  await add(birds, documents(0, COUNT));
  expect(birds.info).not.toHaveProperty('gpu');
  await vi.waitFor(async () => expect((await answer(birds))[0]).toBe('webgpu'), 20_000);
  await birds.count();
  expect(birds.info.gpu).toMatchObject({ state: 'ready' });
  expect(birds.info.gpu!.bytes).toBeGreaterThan(COUNT * (DIMENSIONS / 8));

  const others = await Promise.all([aviary.open(), aviary.open({ gpu: false })]);
  const agree = async (): Promise<void> => {
    const [scan, hits] = await answer(birds);
    expect(scan).toBe('webgpu');
    for (const other of others) expect(await answer(other)).toEqual(['wasm', hits]);
  };
  await agree();
  await add(birds, [{ id: 'osprey', text: OSPREY }]);
  expect((await search(birds))[0]!.id).toBe('osprey');
  await agree();
  await birds.remove('osprey');
  expect((await search(birds))[0]!.id).not.toBe('osprey');
  await agree();
  for (const other of others) expect(other.info).not.toHaveProperty('gpu');
});

it('refuses what is no choice', async () => {
  await expect(aviary.open({ gpu: 'on' as 'auto' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('gpu') as unknown,
  });
});
