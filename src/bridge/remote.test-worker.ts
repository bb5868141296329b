/**
 * An embed worker whose model is the length of a text; texts that begin with `!` do what they say.
 * The model `gate` loads at once in the first worker, whose name is 1, and in later ones when the
 * channel of that name says `go`. The model `interruptible` takes urgent texts in the midst of others,
 * and `slow wasm` takes its time on that device.
 */

import {
  NearfieldError,
  replyWith,
  type EmbedWorkerApi,
  type ErrorCode,
  type LoadedModel,
  type SliceResult,
} from '../contract/index.ts';
import { serve } from './serve.ts';

let delay = 0;
const stops = new Map<boolean, (error: NearfieldError) => void>();
// Pages have a name too, of another type.
const isFirst = Reflect.get(globalThis, 'name') === '1';

function gate(): Promise<void> {
  const channel = new BroadcastChannel('gate');
  return new Promise((open) => {
    channel.onmessage = ({ data }) => {
      if (data === 'go') open();
    };
    channel.postMessage('waiting');
  });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Rejects when the slice is to be given up. */
function stopped(urgent: boolean): Promise<never> {
  return new Promise((_, reject) => stops.set(urgent, reject));
}

function rowsOf(texts: readonly string[], milliseconds: number): SliceResult {
  return {
    data: Float32Array.from(texts.flatMap((text) => [text.length, 1])),
    tokens: Uint32Array.from(texts, (text) => text.length),
    truncated: new Uint8Array(texts.length),
    identity: 'lengths',
    milliseconds,
  };
}

/** As on a machine that takes a second for 500 characters. */
async function slowly(
  texts: readonly string[],
  onProgress: ((share: number) => void) | undefined,
): Promise<SliceResult> {
  for (const share of [0.25, 0.5]) {
    // Comlink gives a promise for what the page's function gave: it has heard of it.
    const heard: unknown = onProgress?.(share);
    await heard;
  }
  return rowsOf(texts, 2 * texts.join('').length);
}

const api: EmbedWorkerApi = {
  load: ({ device, dtype, model }) =>
    replyWith(async () => {
      if (model === 'gate' && !isFirst) await gate();
      if (model === `no ${device}`) throw new NearfieldError('no-webgpu', 'not here');
      const interruptible = model === 'interruptible';
      if (model === `slow ${device}`) delay = 100;
      return {
        ...{ id: 'lengths', device, dtype, dimensions: 2, identity: 'lengths', interruptible },
        prompts: { query: 'Instruct: {task}\nQuery:', document: '' },
      } as LoadedModel;
    }),
  embed: ({ texts, urgent }, onProgress) =>
    replyWith(async () => {
      const index = texts.findIndex((text) => text.startsWith('!'));
      const order = texts[index]?.slice(1).trim();
      if (order === 'die') close();
      if (order === 'slow') return slowly(texts, onProgress);
      if (delay > 0) await Promise.race([sleep(delay), stopped(urgent)]);
      if (order === 'wait') await stopped(urgent);
      if (order === 'die' || order === 'hang') await new Promise<never>(() => undefined);
      if (order)
        throw new NearfieldError(order as ErrorCode, `texts[${index}]: as asked`, { index });
      return rowsOf(texts, 1);
    }),
  stop: (urgent) =>
    replyWith(() => {
      stops.get(urgent)?.(new NearfieldError('aborted', 'stopped in the worker'));
    }),
  close: () => replyWith(() => undefined),
};

serve(api);
