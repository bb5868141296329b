import { expect, inject, it } from 'vitest';

it('runs browser tests on an isolated page, where WASM may have threads', () => {
  expect(globalThis.crossOriginIsolated).toBe(true);
});

it('has a software WebGPU adapter', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  expect(adapter?.info.isFallbackAdapter).toBe(true);
});

it('serves the seeded models', async () => {
  const response = await fetch(`${inject('modelServer')}/models/qwen3-seeded/config.json`);
  expect(response.status).toBe(200);
});
