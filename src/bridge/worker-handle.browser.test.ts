import { afterEach, describe, expect, it } from 'vitest';
import { WorkerHandle } from './worker-handle.ts';
import type { Mortal } from './worker-handle.test-worker.ts';

let workers: Worker[] = [];

/** The test worker, told by its address what to do at load. */
function spawn(atLoad = ''): Worker {
  const worker = new Worker(new URL('./worker-handle.test-worker.ts', import.meta.url), {
    type: 'module',
    name: atLoad,
  });
  workers.push(worker);
  return worker;
}

const open = (): Promise<WorkerHandle<Mortal>> => WorkerHandle.open<Mortal>(() => spawn());
const crashed = { code: 'worker-crashed' };

afterEach(() => {
  for (const worker of workers) worker.terminate();
  workers = [];
});

describe('a worker that cannot start', () => {
  it.each([
    ['its script is missing', () => new Worker('/no/such/worker.js', { type: 'module' })],
    ['its script throws', () => spawn('throw')],
    ['it cannot be made', () => new Worker('blob:nothing', { type: 'module' })],
    [
      'making it throws',
      () => {
        throw new DOMException('refused by the policy', 'SecurityError');
      },
    ],
  ])('is worker-crashed: %s', async (_, make) => {
    await expect(WorkerHandle.open(make)).rejects.toMatchObject(crashed);
  });

  it('says why, where the browser tells', async () => {
    const opening = WorkerHandle.open(() => spawn('throw'));
    await expect(opening).rejects.toMatchObject({
      message: expect.stringContaining('thrown at load') as string,
    });
  });
});

describe('a worker that runs', () => {
  it('answers, and rejects with what a call throws', async () => {
    const worker = await open();
    expect(await worker.call((api) => api.double(21))).toBe(42);
    await expect(worker.call((api) => api.fail())).rejects.toMatchObject({
      code: 'internal',
      message: 'as asked',
    });
    expect(await worker.call((api) => api.double(4))).toBe(8);
  });

  it('does not hear a stranger say that it is ready', async () => {
    const worker = await WorkerHandle.open<Mortal>(() => spawn('chatter'));
    expect(await worker.call((api) => api.double(1))).toBe(2);
  });
});

describe.each([
  ['throws later', (api: Mortal) => api.throwLater(), /thrown later/],
  ['closes itself', (api: Mortal) => api.closeItself(), /ended by itself/],
] as const)('a worker that %s in the middle of calls', (_, kill, reason) => {
  it('rejects all of them, tells its death, and refuses later calls at once', async () => {
    const worker = await open();
    const pending = [1, 2].map(() => worker.call((api) => api.never()));
    const last = worker.call((api) => kill(api as unknown as Mortal));
    const expected = { ...crashed, message: expect.stringMatching(reason) as string };
    for (const call of [...pending, last]) await expect(call).rejects.toMatchObject(expected);
    expect(await worker.dead).toMatchObject(expected);
    await expect(worker.call((api) => api.double(1))).rejects.toMatchObject(expected);
  });
});

it('takes a message that cannot be read for the end of the worker', async () => {
  let raw: Worker | undefined;
  const worker = await WorkerHandle.open<Mortal>(() => (raw = spawn()));
  const pending = worker.call((api) => api.never());
  // What the browser sends for a message that it cannot clone here.
  raw?.dispatchEvent(new MessageEvent('messageerror'));
  await expect(pending).rejects.toMatchObject(crashed);
});

describe('terminate', () => {
  it('rejects what is pending with its reason, once', async () => {
    const worker = await open();
    const pending = worker.call((api) => api.never());
    worker.terminate();
    worker.terminate();
    await expect(pending).rejects.toMatchObject({ code: 'closed' });
    expect(await worker.dead).toMatchObject({ code: 'closed' });
    await expect(worker.call((api) => api.double(1))).rejects.toMatchObject({ code: 'closed' });
  });

  it('leaves other workers alone', async () => {
    const [one, two] = [await open(), await open()];
    const pending = two.call((api) => api.double(3));
    one.terminate();
    expect(await pending).toBe(6);
  });
});
