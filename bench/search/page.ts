/** Starts each side in a worker of its own, and leaves it to the runner whose turn it is. */

import { wrap, type Remote } from 'comlink';
import type { Answers, Built, Name, Side, Way } from './contestant.ts';
import type { Corpus } from './corpora.ts';
import type { Reading } from './reader.ts';

declare global {
  // `var` is how a global is declared.
  var build: (name: Name, corpus: Corpus) => Promise<Built>;
  var ask: (name: Name, from: number, to: number, way: Way) => Promise<Answers>;
  var stored: (rows: number) => Promise<{ open: number; append: number }>;
  var readRates: (module: number[], bytes: number, threads: number) => Promise<number[]>;
}

/** Milliseconds of reading. */
const READING = 500;

const PAGE_BYTES = 65_536;

const sides = new Map<Name, Remote<Side>>();

globalThis.build = async (name, corpus) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });
  const side = wrap<Side>(worker);
  sides.set(name, side);
  const died = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => reject(new Error(`${name}: ${message}`));
  });
  return Promise.race([side.build(corpus), died]);
};

globalThis.ask = (name, from, to, way) => sides.get(name)!.ask(from, to, way);
globalThis.stored = (rows) => sides.get('ours')!.stored(rows);

globalThis.readRates = async (bytes, area, threads) => {
  const module = await WebAssembly.compile(Uint8Array.from(bytes));
  const initial = Math.ceil(area / PAGE_BYTES) + 2;
  const memory = new WebAssembly.Memory({ initial, maximum: PAGE_BYTES, shared: true });
  const part = Math.floor(area / threads / 64) * 64;
  const readers = Array.from({ length: threads }, async (_, i) => {
    const worker = new Worker(new URL('./reader.ts', import.meta.url), { type: 'module' });
    const taken = new Promise<number[]>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<number[]>) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    const at = PAGE_BYTES + i * part;
    worker.postMessage({ module, memory, at, bytes: part, ms: READING } satisfies Reading);
    return taken.finally(() => worker.terminate());
  });
  const taken = await Promise.all(readers);
  const runs = Math.min(...taken.map(({ length }) => length));
  return Array.from({ length: runs }, (_, run) =>
    taken.reduce((sum, ms) => sum + part / ms[run]! / 1e6, 0),
  );
};
