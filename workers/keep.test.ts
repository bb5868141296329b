import { afterEach, expect, it, vi } from 'vitest';
import { keepFiles } from './keep.ts';

/** As much of a Cache as is used; `full` refuses to keep what is named so. */
function cacheOf(...there: string[]): Cache {
  const kept = new Map(there.map((url) => [url, new Response(url)]));
  const match = async (url: string): Promise<Response | undefined> => kept.get(url);
  const put = async (url: string, response: Response): Promise<void> => {
    if (url === 'full') throw new DOMException('no room', 'QuotaExceededError');
    kept.set(url, response);
  };
  return { match, put } as Partial<Cache> as Cache;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('keeps what it can, and names what failed', async () => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    if (url === 'unreachable') throw new TypeError('Failed to fetch');
    return new Response(url, { status: url === 'missing' ? 404 : 200 });
  });
  const cache = cacheOf('there');
  const urls = ['unreachable', 'missing', 'full', 'there', 'new'];
  const failed = await keepFiles(cache, urls, ({ body }) => new Response(body, { status: 203 }));
  expect(failed).toEqual(['unreachable', 'missing', 'full']);
  expect(asked).toEqual(['unreachable', 'missing', 'full', 'new']);
  expect((await cache.match('new'))?.status).toBe(203);
  expect(await cache.match('missing')).toBeUndefined();
});
