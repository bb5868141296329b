import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pause } from '../contract/index.ts';
import { openModel, type NodeModel } from '../node/index.ts';
import { writeTestModels } from '../../tools/test-models/index.ts';
import { EmbedServer } from './server.ts';

interface Asked {
  model: string;
  input: string[];
}

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

let model: NodeModel;
let other: NodeModel;
let server: Server;
/** What comes instead of the rows of a request, counted from 0. */
let instead: (request: number, rows: number[][]) => Answer | undefined;
let embeds: NodeModel;
let asked: Asked[];
let urls: (string | undefined)[];
let keys: (string | undefined)[];

beforeAll(async () => {
  const models = await writeTestModels();
  model = await openModel(models['bert-seeded-mean'], { cacheDir: '.cache', threads: 1 });
  other = await openModel(models['bert-seeded-cls'], { cacheDir: '.cache', threads: 1 });
  server = createServer((request, response) => {
    void (async () => {
      let json = '';
      for await (const piece of request) json += String(piece);
      const body = JSON.parse(json) as Asked;
      const number = asked.push(body) - 1;
      keys.push(request.headers.authorization);
      urls.push(request.url);
      // Prompts are in the texts: a server adds none.
      const data = await embeds.embed(body.input, 'document');
      const width = data.length / body.input.length;
      const rows = body.input.map((_, i) => [...data.subarray(i * width, (i + 1) * width)]);
      const answer = instead(number, rows) ?? { body: dataOf(rows) };
      response.writeHead(
        request.url?.split('?')[0] === '/v1/embeddings' ? (answer.status ?? 200) : 404,
        {
          'content-type': 'application/json',
          ...answer.headers,
        },
      );
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}, 60_000);

afterAll(async () => {
  server.close();
  await model.close();
  await other.close();
});

beforeEach(() => {
  [asked, keys, urls] = [[], [], []];
  instead = () => undefined;
  embeds = promptless(model);
});

/** The model as a server has it, which is told the whole text. */
function promptless(of: NodeModel): NodeModel {
  const prompt = of.promptOf('document');
  const bare = (text: string): string =>
    text.startsWith(prompt) ? text.slice(prompt.length) : text;
  return new Proxy(of, {
    get: (target, name) =>
      name === 'embed'
        ? async (texts: readonly string[]) => {
            const width = target.info.dimensions;
            const out = new Float32Array(texts.length * width);
            for (const [i, text] of texts.entries()) {
              const kind = text.startsWith(prompt) ? 'document' : 'query';
              const queryPrompt = of.promptOf('query');
              const plain = kind === 'document' ? bare(text) : text.slice(queryPrompt.length);
              out.set(await target.embed([plain], kind), i * width);
            }
            return out;
          }
        : (Reflect.get(target, name) as unknown),
  });
}

/** As OpenAI's answers are, in whatever order. */
function dataOf(rows: readonly (readonly unknown[])[]): unknown {
  return { data: rows.map((embedding, index) => ({ index, embedding })).reverse() };
}

function connect(options: { key?: string; url?: string; signal?: AbortSignal } = {}): EmbedServer {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { key, url = origin, signal } = options;
  return new EmbedServer(model, { url, key, model: 'their-name', signal, retryMs: 1 });
}

const quiet = { signal: undefined, onProgress: () => undefined };
const TEXTS = Array.from({ length: 70 }, (_, i) => `the right of being number ${i}`);

describe('EmbedServer', () => {
  it('gives the rows of the texts, whatever the batches', async () => {
    const shares: number[] = [];
    const onProgress = (share: number): void => void shares.push(share);
    const rows = await connect({ key: 'secret' }).embed(TEXTS, 'query', { ...quiet, onProgress });
    const own = await model.embed(TEXTS, 'query');
    // Lengths are made 1 once more, in float64.
    rows.forEach((value, i) => {
      expect(Math.abs(value - own[i]!)).toBeLessThan(1e-6);
    });
    expect(asked.map(({ input }) => input.length).sort()).toEqual([32, 32, 6]);
    expect(asked[0]).toMatchObject({ model: 'their-name' });
    expect(asked.flatMap(({ input }) => input)).toContain(`query: ${TEXTS[0]!}`);
    expect(keys).toEqual(Array(3).fill('Bearer secret'));
    expect(shares.at(-1)).toBe(1);
  });

  it.each(['/v1', '/v1/', '/v1/embeddings', '/', '?to=1', '/v1/?to=1', '/v1/embeddings?to=1'])(
    'takes its address with %s',
    async (path) => {
      const { url } = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` };
      await connect({ url }).embed(['word'], 'document', quiet);
      expect(keys).toEqual([undefined]);
      expect(urls).toEqual([`/v1/embeddings${path.includes('?') ? '?to=1' : ''}`]);
    },
  );

  it.each([
    [{ url: 'http://me:pass-phrase@127.0.0.1' }, /^embedUrl: .*NEARFIELD_EMBED_KEY/],
    [{ url: 'ftp://me:pass-phrase@127.0.0.1' }, /^embedUrl: /],
    [{ url: 'me:pass-phrase@host name' }, /^embedUrl: /],
    [{ key: 'pass-phrase\nof two lines' }, /^embedKey: /],
    [{ key: 'pass-phrase…' }, /^embedKey: /],
  ])('refuses %o, and repeats no secret', (options, message) => {
    let refused: unknown;
    try {
      connect(options);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as string,
    });
    expect(String(refused)).not.toContain('pass-phrase');
  });

  it('sends a key without what is around it, and names no query', async () => {
    instead = () => ({ status: 400, body: 'no' });
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = connect({ key: ' key\n', url: `${origin}?key=pass-phrase` });
    await expect(refused.embed(['word'], 'document', quiet)).rejects.toMatchObject({
      message: expect.not.stringContaining('pass-phrase') as string,
    });
    expect(keys).toEqual(['Bearer key']);
  });

  it('follows no redirection', async () => {
    instead = () => ({ status: 307, headers: { location: '/v1/embeddings?to=1' }, body: '' });
    await expect(connect().embed(['word'], 'document', quiet)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/answered 307/) as string,
    });
    expect(asked).toHaveLength(1);
  });

  it('takes the same model for it', async () => {
    await connect().start();
    expect(asked.length).toBeGreaterThan(0);
  });

  it('refuses another model', async () => {
    embeds = promptless(other);
    await expect(connect().start()).rejects.toMatchObject({
      code: 'self-test-failed',
      message: expect.stringMatching(
        /other vectors than bert-seeded-mean.*cosine of -?\d/,
      ) as string,
    });
  });

  it('refuses the same model with prompts of its own', async () => {
    const own = embeds;
    embeds = new Proxy(own, {
      get: (target, name) =>
        name === 'embed'
          ? (texts: readonly string[]) =>
              target.embed(
                texts.map((text) => `passage: all human beings are equal ${text}`),
                'document',
              )
          : (Reflect.get(target, name) as unknown),
    });
    await expect(connect().start()).rejects.toMatchObject({ code: 'self-test-failed' });
  });

  it.each<[string, (rows: number[][]) => Answer, string, RegExp]>([
    [
      'null for a number',
      (rows) => ({ body: dataOf(rows.map((row) => row.map(() => null))) }),
      'download-failed',
      /numbers/,
    ],
    [
      'zeros',
      (rows) => ({ body: dataOf(rows.map((row) => row.map(() => 0))) }),
      'bad-vector',
      /length 0/,
    ],
    [
      'numbers past all',
      (rows) => ({ body: JSON.stringify(dataOf(rows)).replace(/-?0\.\d+/, '1e999') }),
      'bad-vector',
      /length Infinity/,
    ],
    [
      'another width',
      (rows) => ({ body: dataOf(rows.map((row) => row.slice(1))) }),
      'self-test-failed',
      /31 values/,
    ],
    [
      'NaN',
      (rows) => ({ body: JSON.stringify(dataOf(rows)).replace(/-?0\.\d+/, 'NaN') }),
      'download-failed',
      /expected JSON/,
    ],
    [
      'too few',
      (rows) => ({ body: dataOf(rows.slice(1)) }),
      'download-failed',
      /expected 2 embeddings/,
    ],
    [
      'one twice',
      (rows) => ({ body: { data: rows.map((embedding) => ({ index: 0, embedding })) } }),
      'download-failed',
      /"index" is 0/,
    ],
    ['a page', () => ({ body: '<html>' }), 'download-failed', /expected JSON/],
    ['nothing of the kind', () => ({ body: null }), 'download-failed', /expected 2 embeddings/],
    [
      'a refusal',
      () => ({ status: 401, body: 'no key' }),
      'download-failed',
      /401.*no key.*NEARFIELD_EMBED_KEY/,
    ],
  ])('refuses %s', async (_, answer, code, message) => {
    instead = (_number, rows) => answer(rows);
    const wrong = connect().embed(['a word', 'another'], 'document', quiet);
    await expect(wrong).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    // None of these passes by waiting.
    expect(asked).toHaveLength(1);
  });

  it.each([429, 500, 503])('asks again after %i', async (status) => {
    instead = (number) => (number < 2 ? { status, body: 'later' } : undefined);
    const rows = await connect().embed(['a word'], 'document', quiet);
    expect(rows).toHaveLength(32);
    expect(asked).toHaveLength(3);
  });

  it('waits as long as it is asked to', async () => {
    instead = (number) =>
      number < 1 ? { status: 429, headers: { 'retry-after': '0.2' }, body: '' } : undefined;
    const start = performance.now();
    await connect().embed(['a word'], 'document', quiet);
    expect(performance.now() - start).toBeGreaterThan(195);
  });

  it('gives up in the end', async () => {
    instead = () => ({ status: 503, body: 'busy' });
    await expect(connect().embed(['a word'], 'document', quiet)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/503 busy after 6 tries/) as string,
    });
  });

  it('stops while it waits', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    instead = () => {
      setTimeout(() => controller.abort(), 20);
      return { status: 429, headers: { 'retry-after': '30' }, body: '' };
    };
    const stopped = connect({ signal }).embed(['a word'], 'document', { ...quiet, signal });
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });

  it('asks for nothing more once it was refused', async () => {
    instead = () => ({ status: 400, body: 'no' });
    const many = Array.from({ length: 400 }, (_, i) => `word ${i}`);
    await expect(connect().embed(many, 'document', quiet)).rejects.toMatchObject({
      code: 'download-failed',
    });
    expect(asked.length).toBeLessThanOrEqual(4);
  });

  it('waits for no other batch once one was refused', async () => {
    instead = (number) =>
      number === 3
        ? { status: 400, body: 'no' }
        : { status: 429, headers: { 'retry-after': '0.1' }, body: 'later' };
    const many = Array.from({ length: 128 }, (_, i) => `word ${i}`);
    await expect(connect().embed(many, 'document', quiet)).rejects.toMatchObject({
      message: expect.stringMatching(/400 no/) as string,
    });
    await pause(300, undefined);
    expect(asked).toHaveLength(4);
  });

  it('says so where nobody answers', async () => {
    const nobody = connect({ url: 'http://127.0.0.1:9' });
    await expect(nobody.embed(['a word'], 'document', quiet)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/could not be asked/) as string,
    });
  });
});
