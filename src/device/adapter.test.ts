import { afterEach, describe, expect, it, vi } from 'vitest';
import { adapterName, requestAdapter } from './adapter.ts';

const LIMITS = { maxStorageBufferBindingSize: 1, maxBufferSize: 2 };

/** A browser whose WebGPU answers with this adapter. */
function answerWith(info: Partial<GPUAdapterInfo> | null, more = {}): void {
  const features = new Set(['shader-f16']);
  const adapter = info && { info, limits: LIMITS, features, ...more };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('requestAdapter', () => {
  it('never takes a software adapter but by name, whatever it offers', async () => {
    answerWith({ vendor: 'google', architecture: 'swiftshader', isFallbackAdapter: true });
    await expect(requestAdapter(false)).rejects.toMatchObject({
      code: 'no-webgpu',
      message: expect.stringContaining('software (google swiftshader)') as string,
    });
    expect((await requestAdapter(true)).facts.shaderF16).toBe(true);
  });

  it.each([
    ['an older browser says so', {}, { isFallbackAdapter: true }],
    ['only its name says so', { vendor: 'mesa', description: 'llvmpipe (LLVM 17)' }, {}],
  ])('knows a software adapter where %s', async (_, info, more) => {
    answerWith(info, more);
    await expect(requestAdapter(false)).rejects.toMatchObject({ code: 'no-webgpu' });
  });

  it('takes a real one', async () => {
    answerWith({ vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false });
    const { adapter, facts } = await requestAdapter(false);
    expect(adapterName(adapter)).toBe('nvidia ampere');
    expect(facts).toEqual({ shaderF16: true, ...LIMITS });
  });

  it.each([true, false])('says that there is none (by name: %s)', async (forced) => {
    answerWith(null);
    await expect(requestAdapter(forced)).rejects.toMatchObject({ code: 'no-webgpu' });
    vi.stubGlobal('navigator', {});
    await expect(requestAdapter(forced)).rejects.toMatchObject({ code: 'no-webgpu' });
  });
});
