import { afterEach, expect, it } from 'vitest';
import { NearfieldError, type Device } from '../contract/index.ts';
import { RemoteEmbedder } from './remote.ts';
import type { Session } from './session.ts';
import { probeSessions } from './timing.ts';

let embedders: RemoteEmbedder[] = [];

afterEach(async () => {
  await Promise.all(embedders.map((each) => each.close()));
  embedders = [];
});

async function sessions(model: string): Promise<Record<Device, Session>> {
  const open = (device: Device): Promise<Session> => {
    const remote = new RemoteEmbedder({
      spawn: () =>
        new Worker(new URL('./remote.test-worker.ts', import.meta.url), { type: 'module' }),
      device,
      choose: () => Promise.resolve({ device }),
      request: {
        ...{ model, dtype: 'auto', runtime: 'auto', precision: 'auto', simd: 'auto' },
        ...{ hubUrl: '', modelsUrl: '' },
      },
      onProgress: () => undefined,
    });
    embedders.push(remote);
    return remote.session();
  };
  return { webgpu: await open('webgpu'), wasm: await open('wasm') };
}

it('gives WASM up once it has taken as long as WebGPU', async () => {
  const { query, documents } = await probeSessions(await sessions('slow wasm'));
  expect(query.wasm).toBeGreaterThan(query.webgpu);
  expect(documents).toEqual({ webgpu: expect.any(Number) as number });
});

it('times both where WASM is faster', async () => {
  const { query, documents } = await probeSessions(await sessions('slow webgpu'));
  expect(query.wasm).toBeLessThan(query.webgpu);
  expect(documents.webgpu).toBeGreaterThanOrEqual(99);
  expect(documents.wasm).toBeLessThan(documents.webgpu);
});

it('ends when it is aborted, and when a worker dies', async () => {
  const before = probeSessions(await sessions('lengths'), AbortSignal.abort());
  await expect(before).rejects.toMatchObject({ code: 'aborted' });

  const abort = new AbortController();
  const both = await sessions('slow webgpu');
  const stopped = probeSessions(both, abort.signal);
  abort.abort();
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  for (const { worker } of [both.webgpu, both.wasm]) {
    expect((await worker.dead).code).toBe('aborted');
  }

  const others = await sessions('slow webgpu');
  const crashed = probeSessions(others);
  others.webgpu.worker.terminate(new NearfieldError('worker-crashed', 'died'));
  await expect(crashed).rejects.toMatchObject({ code: 'worker-crashed' });
});
