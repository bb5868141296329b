/** Reads a part of a memory again and again: one of the threads whose rate is measured. */

export interface Reading {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  at: number;
  bytes: number;
  ms: number;
}

self.onmessage = async ({ data }: MessageEvent<Reading>) => {
  const { module, memory, at, bytes, ms } = data;
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const readAll = exports['readAll'] as (at: number, bytes: number) => number;
  // Pages that nobody wrote may all be one and the same.
  new Uint8Array(memory.buffer, at, bytes).fill(1);
  readAll(at, bytes);
  const taken: number[] = [];
  const until = performance.now() + ms;
  while (performance.now() < until) {
    const start = performance.now();
    readAll(at, bytes);
    taken.push(performance.now() - start);
  }
  self.postMessage(taken);
};
