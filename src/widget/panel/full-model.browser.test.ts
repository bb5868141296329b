import { afterEach, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest';
import type { SiteIndex } from '../../contract/index.ts';
import { createEmbedder, deleteStoredModels } from '../../index.ts';
import { meantPassages } from '../../site/meant-site.ts';
import type { ProgressDetail } from '../events.ts';
import { SlowHost } from '../slow-host.test-support.ts';
import { FullModel } from './full-model.ts';

const LOAD = { device: 'wasm', threads: 1 } as const;
const name = `${inject('modelServer')}/for/full-model/models/bert-seeded-mean`;

let host: SlowHost;
let index: SiteIndex;

/** A site whose vectors a real model made. */
beforeAll(async () => {
  await using embedder = await createEmbedder({ ...LOAD, model: name, cache: false });
  const { model, revision, pooling, dimensions } = embedder.info;
  const passages = meantPassages().slice(0, 8);
  const vectors = (await embedder.embed(passages.map(({ text }) => text))).data;
  host = await SlowHost.of({
    passages,
    meaning: { model: { model, revision, pooling, dimensions }, vectors },
  });
});

beforeEach(async () => {
  localStorage.clear();
  await deleteStoredModels();
  index = await host.open();
});

afterEach(async () => {
  index.close();
  localStorage.clear();
  await deleteStoredModels();
});

function modelOf(): { full: FullModel; progress: ProgressDetail[]; errors: unknown[] } {
  const progress: ProgressDetail[] = [];
  const errors: unknown[] = [];
  const full = new FullModel(LOAD, {
    onChange: () => undefined,
    onSwitch: () => undefined,
    onProgress: (detail) => progress.push(detail),
    onError: (error) => errors.push(error),
  });
  return { full, progress, errors };
}

async function loaded(): Promise<ReturnType<typeof modelOf>> {
  const made = modelOf();
  await made.full.consider(index);
  await made.full.measure();
  await made.full.load();
  expect(made.errors).toEqual([]);
  expect(made.full.state).toBe('ready');
  return made;
}

it('tells how it loads, from the beginning', async () => {
  const { full, progress } = await loaded();
  expect(progress[0]).toMatchObject({
    tier: 'model',
    phase: 'begin',
    loaded: 0,
    total: full.bytes,
  });
  expect(full.bytes).toBeGreaterThan(0);
  expect([...new Set(progress.map(({ phase }) => phase))]).toEqual([
    'begin',
    'download',
    'prepare',
    'ready',
  ]);
  expect((await index.search('bread')).tier).toBe('model');
  full.dispose();
  expect(index.tier).toBe('words');
});

it('leaves the model of another widget on one index alone', async () => {
  const first = await loaded();
  const second = await loaded();
  second.full.dispose();
  expect((await index.search('bread')).tier).toBe('model');
  first.full.dispose();
  expect(index.tier).toBe('words');
});

it('closes its model after the index was closed', async () => {
  const { full } = await loaded();
  const close = vi.spyOn(index.embedder!, 'close');
  index.close();
  full.dispose();
  expect(close).toHaveBeenCalledOnce();
  await close.mock.results[0]!.value;
});
