import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openNative, readModelFiles, type ModelFiles } from '../../node/open.ts';
import { spawnNodeThread, type NodeThread } from '../../node/spawn.ts';
import { tinyQwen3 } from '../../../tools/tiny-models/qwen3.ts';
import { readGolden, type GoldenDtype } from '../../../tools/test-models/golden.ts';
import { writeTestModels, type TestModels } from '../../../tools/test-models/index.ts';
import type { Runtime } from '../runtime.ts';
import { cosine } from '../self-test.ts';
import { isRecognised, recognise } from './graph/index.ts';
import { Reference } from './graph/reference.ts';
import type { NativeOptions } from './runtime.ts';
import { StoredSource, type ByteSource } from './source.ts';

const STARTER = fileURLToPath(new URL('../../../public/models/starter/', import.meta.url));
const GOLDEN = readGolden();
const WIDTH = 64;

let paths: TestModels;
let q4: ModelFiles;
let opened: Runtime[] = [];

beforeAll(async () => {
  paths = await writeTestModels();
  q4 = await readModelFiles(join(paths['qwen3-seeded'], 'onnx/model_q4.onnx'));
}, 60_000);

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.map((runtime) => runtime.close()));
  opened = [];
});

async function open(files: ModelFiles, options?: Partial<NativeOptions>): Promise<Runtime> {
  const runtime = await openNative(files, options);
  opened.push(runtime);
  return runtime;
}

/** Rows of one run as arrays. */
async function rowsOf(
  runtime: Runtime,
  batch: readonly (readonly number[])[],
  prompt?: readonly number[],
): Promise<Float32Array[]> {
  const rows = await runtime.run(batch, { prompt });
  return batch.map((_, i) => rows.slice(i * runtime.width, (i + 1) * runtime.width));
}

function concat(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function referenceOf({ model, sources }: ModelFiles): Reference {
  return new Reference(model, ({ file, offset, length }) =>
    sources.get(file)!.subarray(offset, offset + length),
  );
}

function expectSame(got: readonly Float32Array[], expected: readonly Float32Array[]): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((row, i) => {
    expect(row).toEqual(expected[i]);
  });
}

/** Texts of all lengths; two pass the rows of one group together. */
const BATCH = GOLDEN.filter(({ ids }, i) => i % 4 === 0 || ids.length > 250).map(({ ids }) => ids);

/** One text as long as the model's positions go. */
const LONGEST = Array.from({ length: 2048 }, (_, i) => (i * i + 7 * i) % 50_000);
/** Texts that begin differently, some thousand tasks together. */
const LONG = Array.from({ length: 8 }, (_, text) => [text, ...LONGEST.slice(1, 200)]);

/** The first thread looks up after every task, whatever the machine. */
function lookUpAlways(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 50));
}

describe('every layout', () => {
  it.each([
    ['qwen3-seeded', 'model', 'fp32'],
    ['qwen3-seeded', 'model_q4', 'q4'],
    ['qwen3-seeded', 'model_quantized', 'q8'],
    ['qwen3-seeded-genai', 'model_q4', 'q4'],
    ['qwen3-seeded-mha', 'model', 'fp32'],
    ['qwen3-seeded-webgpu-only', 'model_fp16', 'fp16'],
    ['qwen3-seeded-webgpu-only', 'model_q4f16', 'q4f16'],
  ] as const)('agrees with torch: %s %s', async (folder, file, dtype: GoldenDtype) => {
    const runtime = await open(await readModelFiles(join(paths[folder], `onnx/${file}.onnx`)));
    const rows = await rowsOf(
      runtime,
      GOLDEN.map(({ ids }) => ids),
    );
    const worst = GOLDEN.map((row, i) => cosine(rows[i]!, row.vectors[dtype]));
    expect(Math.min(...worst)).toBeGreaterThan(0.999);
  });

  it('agrees with the float64 reference of the starter, read from a blob', async () => {
    const files = await readModelFiles(join(STARTER, 'onnx/model_q4.onnx'));
    const stored = new StoredSource(new Blob([files.sources.get('')!]));
    const runtime = await openNative(
      { model: files.model, sources: new Map([['', stored]]) },
      { pooling: 'mean', maxTokens: 512 },
    );
    const golden = JSON.parse(
      readFileSync(new URL('../../../tools/golden/starter.json', import.meta.url), 'utf8'),
    ) as { rows: { ids: number[]; vector: number[] }[] };
    const rows = await rowsOf(
      runtime,
      golden.rows.map(({ ids }) => ids),
    );
    for (const [i, { vector }] of golden.rows.entries()) {
      expect(cosine(rows[i]!, vector)).toBeGreaterThan(0.9997);
    }
  });
});

describe('every pooling', () => {
  it.each(['mean', 'cls', 'last'] as const)('is that of the reference: %s', async (pooling) => {
    const runtime = await open(q4, { pooling });
    const reference = referenceOf(q4);
    const batch = GOLDEN.slice(0, 3).map(({ ids }) => ids);
    const rows = await rowsOf(runtime, batch, batch[0]);
    for (const [i, ids] of batch.entries()) {
      const states = reference.states(ids);
      const mean = states[0]!.map((_, j) => states.reduce((sum, row) => sum + row[j]!, 0));
      const expected = { mean, cls: states[0]!, last: states.at(-1)! }[pooling];
      expect(cosine(rows[i]!, expected)).toBeGreaterThan(0.999);
    }
  });

  it('is that of the reference for a BERT-like model: cls', async () => {
    const files = await readModelFiles(join(STARTER, 'onnx/model_q4.onnx'));
    const runtime = await open(files, { pooling: 'cls' });
    const reference = referenceOf(files);
    const batch = [
      [0, 41, 1294, 2],
      [0, 600, 9, 8, 2],
    ];
    const rows = await rowsOf(runtime, batch);
    for (const [i, ids] of batch.entries()) {
      expect(cosine(rows[i]!, reference.states(ids)[0]!)).toBeGreaterThan(0.999);
    }
  });
});

describe('a vector is the same, bit for bit,', () => {
  it('alone, in a batch, in another order, on any number of threads', async () => {
    const alone = await open(q4);
    const expected = await rowsOf(alone, BATCH);
    expectSame((await rowsOf(alone, BATCH.toReversed())).toReversed(), expected);
    for (const [i, ids] of BATCH.entries()) expectSame(await rowsOf(alone, [ids]), [expected[i]!]);
    for (const threads of [2, 3]) {
      const runtime = await open(q4, { threads });
      expect(runtime).toMatchObject({ threads, warnings: [] });
      expectSame(await rowsOf(runtime, BATCH), expected);
      expectSame(await rowsOf(runtime, [BATCH[0]!]), [expected[0]!]);
    }
  });

  it('of a BERT-like model too', async () => {
    const files = await readModelFiles(join(STARTER, 'onnx/model_q4.onnx'));
    const batch = [9, 130, 3, 40].map((length, text) =>
      Array.from({ length }, (_, i) => 1000 * text + 7 * i),
    );
    for (const pooling of ['mean', 'cls'] as const) {
      const alone = await open(files, { pooling });
      const expected = await rowsOf(alone, batch);
      const threads = await open(files, { pooling, threads: 2 });
      expectSame(await rowsOf(threads, batch.toReversed()), expected.toReversed());
      for (const [i, ids] of batch.entries()) {
        expectSame(await rowsOf(threads, [ids]), [expected[i]!]);
      }
    }
  });

  it.each([1, 2])('whatever beginning is shared or kept (%d threads)', async (threads) => {
    const instruction = GOLDEN.find(({ ids }) => ids.length > 200)!.ids;
    for (const length of [8, 24, 37, 150]) {
      const prompt = instruction.slice(0, length);
      const queries = [3, 1, 40, 9].map((own, text) => [
        ...prompt,
        ...Array.from({ length: own }, (_, i) => 500 * text + i),
        151643,
      ]);
      const fresh = await open(q4, { prefixBytes: 0 });
      const expected: Float32Array[] = [];
      for (const query of queries) expected.push(...(await rowsOf(fresh, [query])));
      const runtime = await open(q4, { threads });
      expectSame(await rowsOf(runtime, queries), expected);
      expectSame(await rowsOf(runtime, queries.toReversed(), prompt), expected.toReversed());
      for (const [i, query] of queries.entries()) {
        expectSame(await rowsOf(runtime, [query], [...prompt, 7]), [expected[i]!]);
      }
    }
  });
});

/** Aborts a run at its first report, which has to be its last, and gives what that said. */
async function shareWhenAborted(runtime: Runtime, batch: readonly number[][]): Promise<number> {
  const abort = new AbortController();
  const shares: number[] = [];
  const stopped = runtime.run(batch, {
    signal: abort.signal,
    onProgress: (share) => {
      shares.push(share);
      abort.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  expect(shares).toHaveLength(1);
  return shares[0]!;
}

describe('a run', () => {
  beforeEach(lookUpAlways);

  it.each([1, 2])('stops in its midst when it is aborted (%d threads)', async (threads) => {
    const runtime = await open(q4, { threads });
    const expected = await rowsOf(runtime, BATCH);
    await shareWhenAborted(runtime, LONG);
    expectSame(await rowsOf(runtime, BATCH), expected);
  });

  it.each([1, 2])('tells how far it is within its layers (%d threads)', async (threads) => {
    const runtime = await open(q4, { threads });
    const shares: number[] = [];
    await runtime.run(LONG, { onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    expect(new Set(shares).size).toBeGreaterThan(q4.model.layers.length);
  });

  it('of one long text stops in the midst of a layer', async () => {
    const runtime = await open(q4);
    const share = await shareWhenAborted(runtime, [LONGEST]);
    expect(share).toBeLessThan(1 / q4.model.layers.length);
  });

  it('of a long text gives what the reference gives', async () => {
    const graph = tinyQwen3({ positions: 1200 });
    const model = recognise(graph);
    if (!isRecognised(model)) throw new Error(model.reason);
    const files = { model, sources: new Map([['', graph]]) };
    const ids = Array.from({ length: 1200 }, (_, i) => (i * i + 7 * i) % 160);
    const runtime = await open(files, { maxTokens: 1200 });
    const [row] = await rowsOf(runtime, [ids]);
    expect(cosine(row!, referenceOf(files).vector(ids, 'last'))).toBeGreaterThan(0.999);
  }, 60_000);

  it('is refused where a text is too long or empty, or a token unknown', async () => {
    const runtime = await open(q4);
    const tooLong = Array.from({ length: 2049 }, () => 1);
    for (const ids of [tooLong, []]) {
      await expect(runtime.run([[1], ids])).rejects.toMatchObject({ code: 'bad-input', index: 1 });
    }
    await expect(runtime.run([[200_000]])).rejects.toMatchObject({ code: 'bad-model' });
    expect(await runtime.run([])).toHaveLength(0);
  });

  it('is refused after the end', async () => {
    const runtime = await open(q4);
    await runtime.close();
    await expect(runtime.run([[1]])).rejects.toMatchObject({ code: 'closed' });
  });

  it.each([
    ['qwen3', 1],
    ['qwen3', 2],
    ['bert', 2],
  ])(
    'aside of a longer one is over first, and both are right (%s, %d threads)',
    async (family, threads) => {
      const files =
        family === 'qwen3' ? q4 : await readModelFiles(join(STARTER, 'onnx/model_q4.onnx'));
      const pooling = family === 'qwen3' ? 'last' : 'mean';
      const runtime = await open(files, { threads, pooling });
      const long = [LONGEST.slice(0, 500)];
      const queries = [LONGEST.slice(7, 30), LONGEST.slice(7, 20)].map((ids) => [ids]);
      const expected = await rowsOf(await open(files, { pooling }), long);
      const answers: Float32Array[] = [];
      let done = false;
      let asked: Promise<void> | undefined;
      const ask = async (): Promise<void> => {
        for (const query of queries) {
          const row = await runtime.run(query, { aside: true, prompt: query[0]!.slice(0, 10) });
          answers.push(row.slice());
          expect(done).toBe(false);
        }
        asking = false;
      };
      let asking = true;
      const rows = await runtime.run(long, {
        onProgress: () => {
          asked ??= ask();
        },
        standStill: () => asking,
      });
      done = true;
      await asked;
      expectSame([rows], expected);
      for (const [i, query] of queries.entries()) {
        expectSame([answers[i]!], await rowsOf(runtime, query));
      }
    },
  );

  it('aside of nothing takes its turn, and too long a one is refused', async () => {
    const runtime = await open(q4, { threads: 2 });
    const [expected] = await rowsOf(runtime, [[1, 2, 3]]);
    expect(await runtime.run([[1, 2, 3]], { aside: true })).toEqual(expected);
    const running = runtime.run(LONG);
    const tooLong = runtime.run([LONGEST.slice(0, runtime.asideTokens! + 1)], { aside: true });
    await expect(tooLong).rejects.toMatchObject({ code: 'internal' });
    await running;
  });

  it('aside that is aborted leaves the other one as it is', async () => {
    const runtime = await open(q4, { threads: 2 });
    const expected = await rowsOf(runtime, LONG);
    const stopped: Promise<unknown>[] = [];
    const rows = await runtime.run(LONG, {
      onProgress: () => {
        const aside = runtime.run([LONGEST.slice(0, 200)], {
          aside: true,
          signal: AbortSignal.abort(),
        });
        if (stopped.length < 3) stopped.push(aside.catch((error: unknown) => error));
        else aside.catch(() => undefined);
      },
    });
    for (const error of await Promise.all(stopped))
      expect(error).toMatchObject({ code: 'aborted' });
    expect(stopped).toHaveLength(3);
    expect(rows).toEqual(concat(expected));
  });

  it('waits for the one before it', async () => {
    const runtime = await open(q4);
    const batches = BATCH.slice(0, 4).map((ids) => [ids]);
    const together = await Promise.all(batches.map((batch) => rowsOf(runtime, batch)));
    for (const [i, batch] of batches.entries()) {
      expectSame(together[i]!, await rowsOf(runtime, batch));
    }
  });
});

describe('a thread that dies', () => {
  beforeEach(lookUpAlways);

  it.each(['in the midst of a run', 'between two runs'])('%s is worker-crashed', async (when) => {
    const threads: NodeThread[] = [];
    const spawn = (): NodeThread => {
      threads.push(spawnNodeThread());
      return threads.at(-1)!;
    };
    const runtime = await open(q4, { threads: 3, spawn });
    const expected = await rowsOf(runtime, BATCH);
    if (when === 'between two runs') await threads[1]!.worker.terminate();
    else {
      const crashed = runtime.run(LONG, {
        onProgress: () => {
          void threads[1]!.worker.terminate();
        },
      });
      await expect(crashed).rejects.toMatchObject({ code: 'worker-crashed' });
    }
    expectSame(await rowsOf(runtime, BATCH), expected);
    expect(threads).toHaveLength(4);
  });

  it('before it has begun leaves one thread', async () => {
    const spawn = () => spawnNodeThread(new URL('data:text/javascript,throw 1'));
    const runtime = await open(q4, { threads: 2, spawn });
    expect(runtime.threads).toBe(1);
    expect(runtime.warnings).toEqual([expect.stringContaining('one thread instead of 2')]);
    expect(await rowsOf(runtime, [[1, 2, 3]])).toHaveLength(1);
  });
});

describe('a model that is not whole', () => {
  it.each([0.1, 0.5, 0.99])('is bad-model (%d of its file)', async (share) => {
    const [[name, bytes]] = [...q4.sources].filter(([file]) => file !== '') as [
      [string, Uint8Array<ArrayBuffer>],
    ];
    const cut = bytes.slice(0, bytes.length * share);
    for (const source of [cut, new StoredSource(new Blob([cut]))]) {
      const sources = new Map<string, ByteSource>([...q4.sources, [name, source]]);
      await expect(openNative({ model: q4.model, sources })).rejects.toMatchObject({
        code: 'bad-model',
      });
    }
  });
});

it('gives rows as wide as the model', async () => {
  const runtime = await open(q4);
  expect(runtime).toMatchObject({ width: WIDTH, device: 'wasm', runtime: 'native', padded: false });
});
