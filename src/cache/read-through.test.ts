import { expect, it, vi } from 'vitest';
import { NearfieldError } from '../contract/index.ts';
import type {
  EmbedContext,
  EmbedProgress,
  EmbedRequest,
  EmbedRows,
  EmbedTexts,
} from '../contract/index.ts';
import { MemoryStore } from './memory.ts';
import { cached, type LookupCounts } from './read-through.ts';
import type { CacheEntry, VectorStore } from './store.ts';

const WIDTH = 4;
const CONTEXT: EmbedContext = { urgent: false };

/** A model of its own kind: the text's code units, normalised; `#` in a text means too long. */
class TinyModel {
  identity = 'tiny@1';
  width = WIDTH;
  calls: EmbedRequest[] = [];
  /** Runs after the texts were taken and before the rows are given. */
  meanwhile: () => void = () => undefined;

  readonly embed: EmbedTexts = async (request, context) => {
    this.calls.push(request);
    this.meanwhile();
    const rows = request.texts.map((text) => this.row(text));
    const cut = request.texts.findIndex((text) => text.includes('#'));
    if (cut >= 0 && !request.truncate) {
      throw new NearfieldError('bad-input', 'too long', { index: cut });
    }
    const total = rows.length;
    for (let done = 0; done < total; done++) {
      context.onProgress?.({ done, total, share: (done + 0.5) / total });
      context.onProgress?.({ done: done + 1, total, share: (done + 1) / total });
    }
    return this.rows(request.texts, rows);
  };

  row(text: string): Float32Array {
    const row = new Float32Array(this.width).fill(0.01);
    for (let i = 0; i < text.length; i++) row[i % this.width]! += text.charCodeAt(i);
    if (this.identity === 'tiny@2') row.reverse();
    const norm = Math.hypot(...row);
    return row.map((value) => value / norm);
  }

  private rows(texts: readonly string[], rows: Float32Array[]): EmbedRows {
    return {
      data: Float32Array.from(rows.flatMap((row) => [...row])),
      tokens: Uint32Array.from(texts, (text) => text.length),
      truncated: Uint8Array.from(texts, (text) => Number(text.includes('#'))),
      identity: this.identity,
    };
  }
}

function setup(store: VectorStore = new MemoryStore()) {
  const model = new TinyModel();
  const warnings: NearfieldError[] = [];
  const lookups: LookupCounts[] = [];
  const embed = cached(model.embed, store, {
    identity: async () => model.identity,
    onWarning: (warning) => warnings.push(warning),
    onLookup: (counts) => lookups.push(counts),
  });
  const run = (
    texts: readonly string[],
    context: EmbedContext = CONTEXT,
    request: Partial<EmbedRequest> = {},
  ) => embed({ texts, prefix: '', truncate: true, ...request }, context);
  const expectRows = (rows: EmbedRows, texts: readonly string[]) => {
    expect(rows.data).toEqual(Float32Array.from(texts.flatMap((text) => [...model.row(text)])));
    expect([...rows.tokens]).toEqual(texts.map((text) => text.length));
  };
  return { model, store, warnings, lookups, run, expectRows };
}

it('sends each distinct text once, and nothing the second time', async () => {
  const { model, lookups, run, expectRows } = setup();
  expectRows(await run(['b', 'a', 'b', 'a']), ['b', 'a', 'b', 'a']);
  expect(model.calls.map((call) => call.texts)).toEqual([['b', 'a']]);
  expectRows(await run(['a', 'b']), ['a', 'b']);
  expectRows(await run(['a', 'c']), ['a', 'c']);
  expect(model.calls.map((call) => call.texts)).toEqual([['b', 'a'], ['c']]);
  expect(lookups).toEqual([
    { hits: 2, misses: 2 },
    { hits: 2, misses: 0 },
    { hits: 1, misses: 1 },
  ]);
});

it('keeps prompts apart', async () => {
  const { model, run } = setup();
  await run(['a'], CONTEXT, { prefix: 'query: ' });
  await run(['a'], CONTEXT, { prefix: 'passage: ' });
  expect(model.calls.map((call) => call.prefix)).toEqual(['query: ', 'passage: ']);
});

it('gives one model only when the device changes between lookup and answer', async () => {
  const { model, run, expectRows } = setup();
  await run(['a', 'b']);
  model.meanwhile = () => (model.identity = 'tiny@2');
  const rows = await run(['a', 'c', 'b']);
  expect(rows.identity).toBe('tiny@2');
  expectRows(rows, ['a', 'c', 'b']);
  expect(model.calls.map((call) => call.texts)).toEqual([['a', 'b'], ['c'], ['a', 'b']]);
  await run(['a', 'b', 'c']);
  expect(model.calls).toHaveLength(3);
});

it('gives up on a model that changes with every answer', async () => {
  const { model, run } = setup();
  await run(['a']);
  model.meanwhile = () => (model.identity = `tiny@${model.calls.length + 5}`);
  await expect(run(['a', 'b'])).rejects.toMatchObject({ code: 'device-lost' });
});

it('names the text by its place in the call, whoever finds the fault', async () => {
  const { model, run } = setup();
  await run(['known']);
  const strict = { truncate: false };
  await expect(run(['known', 'x', 'x', 'long#'], CONTEXT, strict)).rejects.toMatchObject({
    code: 'bad-input',
    index: 3,
  });
  expect((await run(['long#'])).truncated).toEqual(Uint8Array.of(1));
  const calls = model.calls.length;
  await expect(run(['known', 'long#'], CONTEXT, strict)).rejects.toMatchObject({
    code: 'bad-input',
    index: 1,
  });
  expect(model.calls).toHaveLength(calls);
});

it.each([
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['zero', 0],
  ['too long', 1.01],
])('neither gives nor stores a vector that is %s', async (_, scale) => {
  const { model, store, run } = setup();
  const row = model.row.bind(model);
  model.row = (text) => row(text).map((value) => (text === 'bad' ? value * scale : value));
  await expect(run(['good', 'bad'])).rejects.toMatchObject({ code: 'bad-vector', index: 1 });
  expect(await store.size()).toEqual({ vectors: 0, bytes: 0 });
});

/** A store that holds what a disk fault or an older version may have left. */
class SpoiltStore extends MemoryStore {
  spoil: (entry: CacheEntry) => CacheEntry = (entry) => entry;
  override putMany(entries: readonly CacheEntry[]): Promise<void> {
    return super.putMany(entries.map((entry) => this.spoil(entry)));
  }
}

it.each([
  ['has NaN in it', (vector: Float32Array<ArrayBuffer>) => vector.fill(Number.NaN, 1, 2)],
  ['is zero', (vector: Float32Array<ArrayBuffer>) => vector.fill(0)],
  ['is of another width', () => Float32Array.of(0.6, 0.8)],
])('embeds again what the store gives back when it %s', async (_, spoil) => {
  const store = new SpoiltStore();
  const { model, run, expectRows } = setup(store);
  await run(['a']);
  store.spoil = (entry) => ({ ...entry, vector: spoil(entry.vector.slice()) });
  await run(['b']);
  store.spoil = (entry) => entry;
  expectRows(await run(['b', 'a', 'c']), ['b', 'a', 'c']);
  const calls = model.calls.length;
  expectRows(await run(['a', 'b', 'c']), ['a', 'b', 'c']);
  expect(model.calls).toHaveLength(calls);
});

/** Fails as the browser does when the disk is full, or when its storage is broken. */
class FailingStore extends MemoryStore {
  failing: { get?: Error; put?: Error } = {};
  override async getMany(keys: readonly string[]) {
    if (this.failing.get) throw this.failing.get;
    return super.getMany(keys);
  }
  override async putMany(entries: readonly CacheEntry[]) {
    if (this.failing.put) throw this.failing.put;
    return super.putMany(entries);
  }
}

it('goes on in memory when storage is full, warns once, and still reads what is stored', async () => {
  const store = new FailingStore();
  const { model, warnings, run, expectRows } = setup(store);
  await run(['old']);
  store.failing = { put: new NearfieldError('quota', 'no room') };
  expectRows(await run(['a', 'b']), ['a', 'b']);
  expectRows(await run(['c', 'old', 'b']), ['c', 'old', 'b']);
  expect(model.calls.map((call) => call.texts)).toEqual([['old'], ['a', 'b'], ['c']]);
  expect(warnings.map((warning) => warning.code)).toEqual(['quota']);
});

it('goes on in memory when storage cannot be read', async () => {
  const store = new FailingStore();
  const { model, warnings, run, expectRows } = setup(store);
  store.failing = { get: new Error('broken'), put: new Error('broken') };
  expectRows(await run(['a']), ['a']);
  expectRows(await run(['a']), ['a']);
  expect(model.calls).toHaveLength(1);
  expect(warnings.map((warning) => warning.code)).toEqual(['storage']);
});

it('counts hits at once and then the misses, up to the number of texts', async () => {
  const { run } = setup();
  await run(['a', 'b']);
  const seen: EmbedProgress[] = [];
  const onProgress = (progress: EmbedProgress) => seen.push(progress);
  await run(['a', 'x', 'b', 'y', 'x'], { urgent: false, onProgress });
  const done = seen.map((progress) => progress.done);
  expect(done[0]).toBe(2);
  expect(seen.at(-1)).toEqual({ done: 5, total: 5, share: 1 });
  expect(done).toEqual([...done].sort((a, b) => a - b));
  const shares = seen.map(({ share }) => share);
  expect(shares).toEqual([2, 2.5, 3, 3.5, 4, 5].map((texts) => texts / 5));
  expect(seen.every(({ total }) => total === 5)).toBe(true);
});

it('reports the last text as done even where all of the work was told before', async () => {
  const model = new TinyModel();
  const early: EmbedTexts = async (request, context) => {
    const total = request.texts.length;
    context.onProgress?.({ done: 0, total, share: 1 });
    context.onProgress?.({ done: total, total, share: 1 });
    return model.embed(request, { urgent: false });
  };
  const embed = cached(early, new MemoryStore(), {
    identity: async () => model.identity,
    onWarning: () => undefined,
  });
  const seen: EmbedProgress[] = [];
  const onProgress = (progress: EmbedProgress) => seen.push(progress);
  const request = { texts: ['a', 'b'], prefix: '', truncate: true };
  await embed(request, { urgent: false, onProgress });
  expect(seen.map(({ done }) => done)).toEqual([0, 0, 2]);
  expect(seen.at(-1)).toEqual({ done: 2, total: 2, share: 1 });
});

it('sends nothing once its signal has fired', async () => {
  const { model, run } = setup();
  const signal = AbortSignal.abort();
  await expect(run(['a'], { urgent: false, signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(model.calls).toHaveLength(0);
});

it('hands signal and urgency to the model', async () => {
  const contexts: EmbedContext[] = [];
  const model = new TinyModel();
  const embed = cached(
    (request, context) => {
      contexts.push(context);
      return model.embed(request, context);
    },
    new MemoryStore(),
    { identity: async () => model.identity, onWarning: () => undefined },
  );
  const { signal } = new AbortController();
  await embed({ texts: ['a'], prefix: '', truncate: true }, { urgent: true, signal });
  expect(contexts[0]).toMatchObject({ urgent: true, signal });
});

it('rejects with closed after the store was closed, without a warning', async () => {
  const { store, warnings, run } = setup();
  await store.close();
  await expect(run(['a'])).rejects.toMatchObject({ code: 'closed' });
  expect(warnings).toEqual([]);
});

it('takes time in proportion to the texts of a call', async () => {
  const { model, run } = setup();
  model.width = 1;
  const has = vi.spyOn(Map.prototype, 'has');
  const asked = async (count: number): Promise<number> => {
    has.mockClear();
    const texts = Array.from({ length: count }, (_, i) => `${count} ${i}`);
    await run(texts);
    return has.mock.calls.length;
  };
  try {
    const few = await asked(1000);
    expect(few).toBeGreaterThan(0);
    expect(await asked(10_000)).toBeLessThan(20 * few);
  } finally {
    has.mockRestore();
  }
});

it('gives up on a model whose width changes with every answer', async () => {
  const { model, run } = setup();
  model.meanwhile = () => model.width++;
  const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`);
  await expect(run(texts)).rejects.toMatchObject({ code: 'device-lost' });
});

it('answers an empty call', async () => {
  const { run } = setup();
  expect((await run([])).data).toHaveLength(0);
});
