import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer, type ModelServer } from '../../e2e/support/model-server.ts';
import { writeTestModels } from '../../tools/test-models/index.ts';
import { openModel, type NodeModel, type OpenModelOptions } from './model.ts';

const NAME = 'bert-seeded-mean';
const REPOSITORY = `owner/${NAME}`;

let local: string;
let server: ModelServer;
let cacheDir: string;
let opened: NodeModel[] = [];

beforeAll(async () => {
  local = (await writeTestModels())[NAME];
  server = await startModelServer();
}, 60_000);

afterAll(() => server.close());

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'nearfield-model-'));
  server.log.length = 0;
});

afterEach(async () => {
  await Promise.all(opened.map((model) => model.close()));
  opened = [];
  await rm(cacheDir, { recursive: true, force: true });
});

async function open(model: string, options: Partial<OpenModelOptions> = {}): Promise<NodeModel> {
  const node = await openModel(model, { cacheDir, threads: 1, hubUrl: server.url, ...options });
  opened.push(node);
  return node;
}

const vectorOf = async (model: NodeModel): Promise<number[]> => [
  ...(await model.embed(['all human beings are born free'], 'document')),
];

describe('a folder of this machine', () => {
  it('is read as it is, and asks nobody', async () => {
    const model = await open(local);
    expect(model.info).toMatchObject({
      id: NAME,
      dtype: 'fp32',
      pooling: 'mean',
      dimensions: 32,
      maxTokens: 128,
      revision: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(model.promptOf('query')).toBe('query: ');
    expect(model.countTokens('human being')).toBe(2);
    const vector = await vectorOf(model);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    expect(server.log).toEqual([]);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('gives the same vectors on more threads', async () => {
    const alone = await vectorOf(await open(local));
    expect(await vectorOf(await open(local, { threads: 3 }))).toEqual(alone);
  });

  it('is refused where a file is not the one that its manifest names', async () => {
    const copy = join(cacheDir, 'copy');
    await cp(local, copy, { recursive: true });
    const sha256 = { 'tokenizer.json': '0'.repeat(64) };
    await writeFile(join(copy, 'nearfield.json'), JSON.stringify({ sha256 }));
    await expect(open(copy)).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('tokenizer.json is not the expected file') as string,
    });
  });

  it('is refused where a file is missing, or is for other kernels', async () => {
    const copy = join(cacheDir, 'copy');
    await cp(local, copy, { recursive: true });
    await rm(join(copy, 'tokenizer_config.json'));
    await expect(open(copy)).rejects.toMatchObject({ code: 'model-not-found' });
    const relu = local.replace(NAME, 'bert-seeded-relu');
    await expect(open(relu)).rejects.toMatchObject({ code: 'unsupported-model' });
  });
});

describe('the starter', () => {
  it('is looked for in likely places, which the error names', async () => {
    const nowhere = open('starter', { modelsUrl: cacheDir });
    await expect(nowhere).rejects.toMatchObject({
      code: 'model-not-found',
      message: expect.stringContaining(cacheDir) as string,
    });
  });

  it('is refused where its file is another', async () => {
    const folder = join(cacheDir, 'starter');
    await cp('public/models/starter', folder, {
      recursive: true,
      filter: (path) => !path.endsWith('.onnx'),
    });
    await writeFile(join(folder, 'onnx/model_q4.onnx'), 'damaged');
    await expect(open('starter', { modelsUrl: cacheDir })).rejects.toMatchObject({
      code: 'integrity',
    });
  });
});

describe('a repository', () => {
  it('is downloaded once, and needs nobody afterwards', async () => {
    const seen: number[] = [];
    const model = await open(REPOSITORY, { onFile: (_, loaded) => void seen.push(loaded) });
    expect(model.info.id).toBe(REPOSITORY);
    expect(model.info.revision).toMatch(/^[0-9a-f]{40}$/);
    const vector = await vectorOf(model);
    expect(vector).toEqual(await vectorOf(await open(local)));
    expect(Math.max(...seen)).toBe((await stat(join(local, 'onnx/model.onnx'))).size);
    server.log.length = 0;
    const again = await open(REPOSITORY, { revision: model.info.revision });
    // A commit that was asked for by its name is new; its files are not.
    expect(server.log.filter(({ path }) => path.endsWith('.onnx'))).toEqual([]);
    expect(await vectorOf(again)).toEqual(vector);
    server.log.length = 0;
    const offline = await open(REPOSITORY, { revision: model.info.revision });
    expect(await vectorOf(offline)).toEqual(vector);
    expect(server.log).toEqual([]);
  });

  it('goes on where a download broke off', async () => {
    const half = Math.floor((await stat(join(local, 'onnx/model.onnx'))).size / 2);
    await open(REPOSITORY, { hubUrl: `${server.url}/faults/cut-at/${half}` });
    const graph = server.log.filter(
      ({ path, method }) => path.endsWith('model.onnx') && method === 'GET',
    );
    expect(graph.map(({ status }) => status)).toEqual([200, 206]);
    expect(graph[1]?.range).toBe(`bytes=${half}-`);
  });

  it('is whole after a download that was stopped', async () => {
    const slow = new AbortController();
    const stopped = open(REPOSITORY, {
      signal: slow.signal,
      onFile: (file, loaded) => {
        if (file.endsWith('.onnx') && loaded > 0) slow.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(await vectorOf(await open(REPOSITORY))).toEqual(await vectorOf(await open(local)));
  });

  it('is refused where a download is damaged, and nothing of it is kept', async () => {
    const flipped = open(REPOSITORY, { hubUrl: `${server.url}/faults/flip/5000` });
    await expect(flipped).rejects.toMatchObject({ code: 'integrity' });
    await open(REPOSITORY);
    const names = await readdir(join(cacheDir, 'downloads'), { recursive: true });
    const graph = names.find((name) => name.endsWith('model.onnx'))!;
    const kept = await readFile(join(cacheDir, 'downloads', graph));
    expect(kept).toEqual(await readFile(join(local, 'onnx/model.onnx')));
  });

  it('is not there', async () => {
    await expect(open('owner/nothing')).rejects.toMatchObject({ code: 'model-not-found' });
  });
});
