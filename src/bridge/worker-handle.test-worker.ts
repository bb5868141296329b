/** A worker that dies in every way a worker can; its name says what it does at load. */

import { serve } from './serve.ts';

const mortal = {
  double: (value: number): number => value * 2,
  never: () => new Promise<void>(() => undefined),
  fail(): void {
    throw new Error('as asked');
  },
  throwLater(): Promise<void> {
    queueMicrotask(() => {
      throw new Error('thrown later');
    });
    return mortal.never();
  },
  closeItself(): Promise<void> {
    close();
    return mortal.never();
  },
};

export type Mortal = typeof mortal;

// Pages have a name too, of another type.
const atLoad: unknown = Reflect.get(globalThis, 'name');
if (atLoad === 'throw') throw new Error('thrown at load');
if (atLoad === 'chatter') {
  for (const message of [null, 7, 'ready', { ready: true }]) postMessage(message);
}
serve(mortal);
