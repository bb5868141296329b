/** Starts each side in a worker of its own, and leaves it to the runner whose turn it is. */

import { wrap, type Remote } from 'comlink';
import type { Answers, Built, Name, Side, Way } from './contestant.ts';

declare global {
  // `var` is how a global is declared.
  var build: (name: Name, dimensions: number, rows: number) => Promise<Built>;
  var ask: (name: Name, from: number, to: number, way: Way) => Promise<Answers>;
  var stored: (rows: number) => Promise<{ open: number; append: number }>;
}

const sides = new Map<Name, Remote<Side>>();

globalThis.build = async (name, dimensions, rows) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });
  const side = wrap<Side>(worker);
  sides.set(name, side);
  const died = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => reject(new Error(`${name}: ${message}`));
  });
  return Promise.race([side.build(dimensions, rows), died]);
};

globalThis.ask = (name, from, to, way) => sides.get(name)!.ask(from, to, way);
globalThis.stored = (rows) => sides.get('ours')!.stored(rows);
