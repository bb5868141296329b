import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DeviceChoice, EmbedContext, EmbedProgress } from '../contract/index.ts';
import { RemoteEmbedder } from './remote.ts';
import type { DeviceStart } from './session.ts';

let started = 0;
let workers: Worker[] = [];
let embedders: RemoteEmbedder[] = [];

function embedder(
  options: { device?: DeviceChoice; model?: string; choose?: () => Promise<DeviceStart> } = {},
): RemoteEmbedder {
  const {
    device = 'wasm',
    model = 'lengths',
    choose = async () => ({ device: 'webgpu' }),
  } = options;
  const made = new RemoteEmbedder({
    choose,
    spawn: () => {
      const worker = new Worker(new URL('./remote.test-worker.ts', import.meta.url), {
        type: 'module',
        name: String(++started),
      });
      vi.spyOn(worker, 'terminate');
      workers.push(worker);
      return worker;
    },
    device,
    request: {
      ...{ model, dtype: 'auto', runtime: 'auto', precision: 'auto', simd: 'auto' },
      ...{ hubUrl: '', modelsUrl: '' },
    },
    onProgress: () => undefined,
  });
  embedders.push(made);
  return made;
}

function embed(remote: RemoteEmbedder, texts: string[], context: Partial<EmbedContext> = {}) {
  return remote.embed({ texts, prefix: '', truncate: true }, { urgent: false, ...context });
}

afterEach(async () => {
  await Promise.all(embedders.map((each) => each.close()));
  [started, workers, embedders] = [0, [], []];
});

/** 100 texts of all lengths: several slices. */
const many = Array.from({ length: 100 }, (_, i) => 'x'.repeat(1 + ((i * 37) % 100)));

describe('embed', () => {
  it("gives rows in the caller's order, whatever the slices, and counts", async () => {
    const remote = embedder();
    const done: number[] = [];
    const rows = await embed(remote, many, { onProgress: (progress) => done.push(progress.done) });
    expect(rows.data).toEqual(Float32Array.from(many.flatMap((text) => [text.length, 1])));
    expect(done).toEqual([23, 55, 87, 100]);
    expect(remote.counts).toEqual({ texts: 100, tokens: 5050, milliseconds: 4 });
  });

  it('tells how far it is in the midst of a slice, and ends at 1', async () => {
    const remote = embedder();
    const told: EmbedProgress[] = [];
    const texts = ['!slow', 'abc', ...many];
    await embed(remote, texts, { onProgress: (progress) => told.push(progress) });
    const total = texts.length;
    const shares = told.map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(told.at(-1)).toEqual({ done: total, total, share: 1 });
    const inMidst = told.filter(({ done, share }) => share > done / total);
    expect(inMidst).toHaveLength(2);
  });

  it('sends less at a time where the model is slow', async () => {
    const remote = embedder();
    const slow = Array.from({ length: 40 }, () => `!slow${' '.repeat(95)}`);
    const done: number[] = [];
    await embed(remote, slow, {
      onProgress: (progress) => {
        if (progress.done !== done.at(-1)) done.push(progress.done);
      },
    });
    expect(done.slice(1)).toEqual([20, 25, 30, 35, 40]);
  });

  it("names a bad text by the caller's position, and goes on", async () => {
    const remote = embedder();
    const texts = ['short', ...many, '!bad-input'];
    await expect(embed(remote, texts)).rejects.toMatchObject({
      code: 'bad-input',
      index: 101,
      message: 'texts[101]: as asked',
    });
    await embed(remote, ['fine']);
    expect(started).toBe(1);
  });

  it('stops between slices when it is aborted', async () => {
    const remote = embedder();
    const abort = new AbortController();
    const stopped = embed(remote, many, {
      signal: abort.signal,
      onProgress: () => {
        abort.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(remote.counts.texts).toBe(23);
  });

  it('stops in the midst of a slice where the worker can', async () => {
    const remote = embedder();
    await remote.session();
    const abort = new AbortController();
    const stopped = embed(remote, ['!wait'], { signal: abort.signal });
    const later = embed(remote, ['fine']);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(stopped).rejects.toMatchObject({ code: 'aborted', cause: reason });
    expect((await later).tokens).toEqual(Uint32Array.of(4));
    expect(started).toBe(1);
  });

  it('lets a query overtake the documents that wait', async () => {
    const remote = embedder();
    const order: string[] = [];
    const documents = embed(remote, many).then(() => order.push('documents'));
    const query = embed(remote, ['query'], { urgent: true }).then(() => order.push('query'));
    await Promise.all([documents, query]);
    expect(order).toEqual(['query', 'documents']);
  });
});

describe('a model that is interruptible', () => {
  it('takes queries in the midst of a slice, one at a time', async () => {
    const remote = embedder({ model: 'interruptible' });
    const abort = new AbortController();
    const documents = embed(remote, ['!wait'], { signal: abort.signal });
    for (const query of ['first', 'query']) {
      const { tokens } = await embed(remote, [query], { urgent: true });
      expect(tokens).toEqual(Uint32Array.of(5));
    }
    abort.abort();
    await expect(documents).rejects.toMatchObject({ code: 'aborted' });
  });

  it('stops the one that is aborted, and not the other', async () => {
    const remote = embedder({ model: 'interruptible' });
    await remote.session();
    const aborts = [new AbortController(), new AbortController()] as const;
    const [documents, query] = aborts.map(({ signal }, urgent) =>
      embed(remote, ['!wait'], { signal, urgent: urgent === 1 }),
    );
    let over = false;
    void documents!.catch(() => (over = true));
    aborts[1].abort();
    await expect(query).rejects.toMatchObject({ code: 'aborted' });
    await embed(remote, ['later'], { urgent: true });
    expect(over).toBe(false);
    aborts[0].abort();
    await expect(documents).rejects.toMatchObject({ code: 'aborted' });
  });

  it('tells both when its worker dies', async () => {
    const remote = embedder({ model: 'interruptible' });
    const documents = embed(remote, ['!wait']);
    const query = embed(remote, ['!die'], { urgent: true });
    for (const call of [documents, query]) {
      await expect(call).rejects.toMatchObject({ code: 'worker-crashed' });
    }
  });
});

describe('after a death', () => {
  it('rejects what is pending and starts a fresh worker at the next call', async () => {
    const remote = embedder();
    const pending = [embed(remote, ['!die']), embed(remote, ['other'])];
    for (const call of pending)
      await expect(call).rejects.toMatchObject({ code: 'worker-crashed' });
    expect((await embed(remote, ['fine'])).tokens).toEqual(Uint32Array.of(4));
    expect(started).toBe(2);
  });

  it.each(['device-lost', 'out-of-memory', 'bad-vector', 'internal', 'storage'])(
    'of the session by %s tells others what happened, and starts afresh',
    async (code) => {
      const remote = embedder();
      const [spoiling, other] = [embed(remote, [`!${code}`]), embed(remote, ['other'])];
      await Promise.all([
        expect(spoiling).rejects.toMatchObject({ code }),
        expect(other).rejects.toMatchObject({ code: 'worker-crashed' }),
      ]);
      await embed(remote, ['fine']);
      expect(started).toBe(2);
    },
  );

  it('starts afresh though the signal of the first load has fired since', async () => {
    const loading = new AbortController();
    const remote = embedder();
    await remote.session(loading.signal);
    loading.abort();
    await expect(embed(remote, ['!die'])).rejects.toMatchObject({ code: 'worker-crashed' });
    expect((await embed(remote, ['fine'])).tokens).toEqual(Uint32Array.of(4));
  });
});

/** An embedder whose worker has died, and whose next one loads until `go`. */
async function reloading(): Promise<{ remote: RemoteEmbedder; waiting: () => Promise<void> }> {
  const remote = embedder({ model: 'gate' });
  await expect(embed(remote, ['!die'])).rejects.toMatchObject({ code: 'worker-crashed' });
  const reached = new Promise<void>((done) => {
    gate.onmessage = () => {
      done();
    };
  });
  return { remote, waiting: () => reached };
}

const gate = new BroadcastChannel('gate');

describe('while a model is loaded again', () => {
  it('heeds the signal of a call at once, and loads on for the others', async () => {
    const { remote, waiting } = await reloading();
    const abort = new AbortController();
    const stopped = embed(remote, ['stopped'], { signal: abort.signal });
    const other = embed(remote, ['other']);
    await waiting();
    abort.abort(new Error('enough'));
    await expect(stopped).rejects.toMatchObject({ code: 'aborted', cause: { message: 'enough' } });
    gate.postMessage('go');
    expect((await other).tokens).toEqual(Uint32Array.of(5));
    expect(started).toBe(2);
  });

  it('closes at once, with the worker that loads', async () => {
    const { remote, waiting } = await reloading();
    const refused = expect(embed(remote, ['late'])).rejects.toMatchObject({ code: 'closed' });
    await waiting();
    await remote.close();
    await refused;
    expect(workers[1]?.terminate).toHaveBeenCalled();
  });

  it('closes at once while the worker starts', async () => {
    const { remote } = await reloading();
    const refused = expect(embed(remote, ['late'])).rejects.toMatchObject({ code: 'closed' });
    await remote.close();
    await refused;
    expect(workers).toHaveLength(2);
    expect(workers[1]?.terminate).toHaveBeenCalled();
  });
});

describe('a session', () => {
  it('falls back to WASM in a fresh worker, and says why', async () => {
    const { fallback, model } = await embedder({ device: 'auto', model: 'no webgpu' }).session();
    expect(model.device).toBe('wasm');
    expect(fallback).toEqual({ from: 'webgpu', code: 'no-webgpu', message: 'not here' });
    expect(started).toBe(2);
  });

  it('begins where it is told to, with the dtype that suits', async () => {
    const choose = async () => ({ device: 'wasm', dtype: 'q4' }) as const;
    const { fallback, model } = await embedder({ device: 'auto', choose }).session();
    expect(model).toMatchObject({ device: 'wasm', dtype: 'q4' });
    expect(fallback).toBeUndefined();
    expect(started).toBe(1);
  });

  it('does not fall back when WebGPU was asked for', async () => {
    const forced = embedder({ device: 'webgpu', model: 'no webgpu' });
    await expect(forced.session()).rejects.toMatchObject({ code: 'no-webgpu' });
    expect(started).toBe(1);
  });

  it('is aborted before it has begun', async () => {
    const aborted = embedder().session(AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(started).toBe(0);
  });

  it('is closed though the question for an adapter is never answered', async () => {
    const remote = embedder({ device: 'auto', choose: () => new Promise(() => undefined) });
    const refused = expect(remote.session()).rejects.toMatchObject({ code: 'closed' });
    await remote.close();
    await refused;
    expect(workers[0]?.terminate).toHaveBeenCalled();
    expect(started).toBe(1);
  });
});

describe('close', () => {
  it('rejects what runs, what waits and what comes later with closed', async () => {
    const remote = embedder();
    const first = embed(remote, ['first']);
    const pending = [embed(remote, ['!hang']), embed(remote, many)];
    const refused = pending.map((call) => expect(call).rejects.toMatchObject({ code: 'closed' }));
    await first;
    await remote.close();
    await Promise.all(refused);
    await expect(embed(remote, ['late'])).rejects.toMatchObject({ code: 'closed' });
  });

  it('may come twice, and before anything was started', async () => {
    const remote = embedder();
    await remote.close();
    await remote.close();
    expect(started).toBe(0);
  });
});
