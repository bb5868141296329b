/** How long two sessions of one model take for the same texts, as the page sees it. */

import {
  abortError,
  promptPrefix,
  throwIfAborted,
  unwrap,
  type Device,
  type DeviceProbe,
  type SliceRequest,
} from '../contract/index.ts';
import type { Session } from './session.ts';

/** Of queries, whose times are short and so stray. */
const REPEATS = 3;
const TASK = 'Given a web search query, retrieve relevant passages that answer the query';
const QUERY = 'how do I get back into an account whose password I have forgotten?';
/** Some 125 tokens to models of any vocabulary. */
const DOCUMENT =
  'The harbour was built where the river meets the sea, on ground that every spring tide used to ' +
  'cover. At first there was no more than a row of wooden posts for the boats of fishermen, and a ' +
  'shed in which nets were mended. Later came merchants with timber, salt and wool; a wall was ' +
  'raised against the floods, then a tower with a light, and in the end a railway brought more ' +
  'goods in a day than all the carts had carried in a month. Ships of today are too large for the ' +
  'narrow gates. What is left of the trade has moved down the coast, and the old basin belongs to ' +
  'sailors, swans and people who walk their dogs in the evening.';
const DOCUMENTS = Array.from({ length: 8 }, (_, i) => `${i + 1}. ${DOCUMENT}`);

/**
 * Each text once without a clock before it counts: shaders are made, and prompts kept.
 *
 * @param signal ends both workers when it fires
 * @throws NearfieldError `aborted`, and what embedding the texts fails with
 */
export async function probeSessions(
  sessions: Readonly<Record<Device, Session>>,
  signal?: AbortSignal,
): Promise<DeviceProbe> {
  throwIfAborted(signal);
  const end = (): void => {
    for (const { worker } of Object.values(sessions)) worker.terminate(abortError(signal!));
  };
  signal?.addEventListener('abort', end);
  try {
    return { query: await timeQueries(sessions), documents: await timeDocuments(sessions) };
  } finally {
    signal?.removeEventListener('abort', end);
  }
}

async function timeQueries({
  webgpu,
  wasm,
}: Readonly<Record<Device, Session>>): Promise<DeviceProbe['query']> {
  const { model } = webgpu;
  const task = model.prompts.query.includes('{task}') ? TASK : undefined;
  const prefix = promptPrefix(model, 'query', task);
  const query = { texts: [QUERY], prefix, truncate: true, urgent: true };
  const runs: { webgpu: number; wasm: number }[] = [];
  for (let run = 0; run <= REPEATS; run++) {
    runs.push({ webgpu: await timed(webgpu, query), wasm: await timed(wasm, query) });
  }
  const counted = runs.slice(1);
  return {
    webgpu: median(counted.map((run) => run.webgpu)),
    wasm: median(counted.map((run) => run.wasm)),
  };
}

async function timeDocuments({
  webgpu,
  wasm,
}: Readonly<Record<Device, Session>>): Promise<DeviceProbe['documents']> {
  const prefix = promptPrefix(webgpu.model, 'document');
  const documents = { texts: DOCUMENTS, prefix, truncate: true, urgent: false };
  await timed(webgpu, documents);
  const most = await timed(webgpu, documents);
  const least = await timedUpTo(most, wasm, documents);
  return { webgpu: most, ...(least !== undefined && { wasm: least }) };
}

async function timed({ worker }: Session, request: SliceRequest): Promise<number> {
  const started = performance.now();
  unwrap(await worker.call((api) => api.embed(request)));
  return performance.now() - started;
}

/** Undefined where it takes longer. */
async function timedUpTo(
  most: number,
  session: Session,
  request: SliceRequest,
): Promise<number | undefined> {
  const { worker } = session;
  const stop = setTimeout(() => {
    void Promise.allSettled([worker.call((api) => api.stop(request.urgent))]);
  }, most);
  const started = performance.now();
  const reply = await worker
    .call((api) => api.embed(request))
    .finally(() => {
      clearTimeout(stop);
    });
  if (reply.error?.code === 'aborted') return undefined;
  unwrap(reply);
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.POSITIVE_INFINITY;
}
