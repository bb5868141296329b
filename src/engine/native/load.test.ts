import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { kernelUrl } from '../../kernels/index.ts';
import { loadKernels } from './load.ts';

const validate = WebAssembly.validate.bind(WebAssembly);

afterEach(() => {
  vi.unstubAllGlobals();
  WebAssembly.validate = validate;
});

/** Answers every request; gives the addresses that were asked for. */
function serve(answer: () => Promise<Response>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: URL) => {
    asked.push(url.href);
    return answer();
  });
  return asked;
}

describe('loadKernels', () => {
  it('compiles the module for one thread or for several', async () => {
    for (const shared of [false, true]) {
      const url = kernelUrl('simd128', shared);
      const asked = serve(async () => new Response(await readFile(url)));
      const { simd, module } = await loadKernels('simd128', shared);
      expect(simd).toBe('simd128');
      expect(module).toBeInstanceOf(WebAssembly.Module);
      expect(asked).toEqual([url.href]);
    }
  });

  it('is unsupported-model where the instructions are missing, and fetches nothing', async () => {
    const asked = serve(async () => new Response());
    WebAssembly.validate = () => false;
    const code = 'unsupported-model';
    await expect(loadKernels('auto', false)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('no SIMD') as string,
    });
    await expect(loadKernels('relaxed', false)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('Leave `simd` out') as string,
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['nothing answers', () => Promise.reject(new TypeError('offline')), 'offline'],
    ['the server refuses', async () => new Response('', { status: 503 }), '503'],
    ['something else is served', async () => new Response('<!doctype html>'), 'does not compile'],
  ])('is download-failed where %s', async (_, answer, message) => {
    serve(answer);
    await expect(loadKernels('simd128', false)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(message) as string,
    });
  });
});
