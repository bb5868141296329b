import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { messageOf, NearfieldError, type Device, type Pooling } from '../../contract/index.ts';
import { adapterName } from '../../device/index.ts';
import { pool } from '../pool.ts';
import type { Runtime } from '../runtime.ts';
import { makeFeeds, padBatch, type KeyValueShape, type PaddedBatch } from './feeds.ts';
import { fromFloat16 } from './float16.ts';
import { DeviceWatch, readRows, requestDevice } from './gpu.ts';
import { loadOrt, type OrtModule } from './load.ts';
import { findStates, type StateOutput } from './output.ts';
import { PiecewiseBlob } from './pieces.ts';

export interface OrtModel {
  /** The graph file. */
  graph: Uint8Array;
  /** Its external data, by the location that the graph names. */
  externalData: readonly { path: string; data: Blob | Uint8Array }[];
  pooling: Pooling;
  width: number;
  keyValue?: KeyValueShape;
}

/**
 * Padded tokens per run. On WASM matrix products are as fast at 1,024 rows as above, and memory
 * grows with them; a GPU needs more rows to be busy.
 */
const TOKEN_BUDGET: Readonly<Record<Device, number>> = { wasm: 1024, webgpu: 8192 };

/** ONNX Runtime's severity; its warnings tell users nothing they could act on. */
const ERRORS_ONLY = 3;

/** Makes a session on WASM. Throws `out-of-memory` or `unsupported-model`. */
export async function createWasmRuntime(model: OrtModel, threads: number): Promise<Runtime> {
  const ort = await loadOrt('wasm', threads);
  const session = await createSession(ort, model, { executionProviders: ['wasm'] });
  const states = findStates(session.outputMetadata);
  return {
    device: 'wasm',
    runtime: 'onnxruntime',
    simd: 'simd128',
    padded: true,
    width: model.width,
    threads,
    tokenBudget: TOKEN_BUDGET.wasm,
    run: (ids) => guarded(() => runBatch(ort, session, states, padBatch(ids), model)),
    close: () => session.release(),
  };
}

/** Makes a session on a GPU. Throws as `createWasmRuntime` does, and `device-lost`. */
export async function createGpuRuntime(model: OrtModel, adapter: GPUAdapter): Promise<Runtime> {
  const device = await requestDevice(adapter);
  const watch = new DeviceWatch(device);
  const ort = await loadOrt('webgpu', 1);
  const session = await watch.during(() =>
    createSession(ort, model, {
      executionProviders: [{ name: 'webgpu', device }],
      preferredOutputLocation: 'gpu-buffer',
    }),
  );
  const states = findStates(session.outputMetadata);
  return {
    device: 'webgpu',
    runtime: 'onnxruntime',
    padded: true,
    width: model.width,
    threads: 1,
    adapter: adapterName(adapter),
    tokenBudget: TOKEN_BUDGET.webgpu,
    run: (ids) =>
      guarded(() =>
        watch.during(() => runBatch(ort, session, states, padBatch(ids), model, device)),
      ),
    close: async () => {
      await session.release();
      device.destroy();
    },
  };
}

async function createSession(
  ort: OrtModule,
  model: OrtModel,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const externalData = model.externalData.map(({ path, data }) => ({
    path,
    data: data instanceof Blob ? new PiecewiseBlob(data) : data,
  }));
  return guarded(() =>
    ort.InferenceSession.create(model.graph, {
      ...options,
      externalData,
      logSeverityLevel: ERRORS_ONLY,
    }),
  );
}

/**
 * One batch to pooled rows. On a GPU only one row per text is copied back, but for mean pooling,
 * which reads every token.
 */
async function runBatch(
  ort: OrtModule,
  session: InferenceSession,
  states: StateOutput,
  batch: PaddedBatch,
  model: OrtModel,
  device?: GPUDevice,
): Promise<Float32Array<ArrayBuffer>> {
  const output = await runSession(ort, session, states, batch, model);
  try {
    if (!device || model.pooling === 'mean' || output.location !== 'gpu-buffer') {
      return poolAll(await output.getData(), states, batch, model);
    }
    const positions = batch.ids.map(
      (own, row) => row * batch.tokens + (model.pooling === 'last' ? own.length - 1 : 0),
    );
    const bytesPerRow = model.width * (states.float16 ? 2 : 4);
    const bytes = await readRows(device, output.gpuBuffer, positions, bytesPerRow);
    return states.float16 ? fromFloat16(new Uint16Array(bytes)) : new Float32Array(bytes);
  } finally {
    output.dispose();
  }
}

/** Asks for the token states alone: the keys and values of decoder exports never leave the device. */
async function runSession(
  ort: OrtModule,
  session: InferenceSession,
  states: StateOutput,
  batch: PaddedBatch,
  { width, keyValue }: OrtModel,
): Promise<Tensor> {
  const feeds = makeFeeds(ort, session, batch, keyValue);
  const output = (await session.run(feeds, [states.name]))[states.name];
  const shape = output?.dims.join(' x ');
  if (!output || shape !== `${batch.rows} x ${batch.tokens} x ${width}`) {
    throw new NearfieldError(
      'bad-model',
      `${states.name}: expected ${batch.rows} x ${batch.tokens} x ${width} values, got ${String(shape)}.`,
    );
  }
  return output;
}

function poolAll(
  data: Tensor.DataType,
  states: StateOutput,
  batch: PaddedBatch,
  model: OrtModel,
): Float32Array<ArrayBuffer> {
  const view = data as Float32Array | Uint16Array;
  const values = states.float16
    ? fromFloat16(new Uint16Array(view.buffer, view.byteOffset, view.length))
    : (view as Float32Array);
  const lengths = batch.ids.map((own) => own.length);
  return pool({ data: values, tokens: batch.tokens, width: model.width }, lengths, model.pooling);
}

const MEMORY =
  /out of memory|bad_alloc|allocation failed|Aborted\(OOM\)|memory access out of bounds/i;

/** ONNX Runtime's errors, coded. */
async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NearfieldError) throw error;
    const message = messageOf(error);
    if (MEMORY.test(message) || error instanceof RangeError) {
      throw new NearfieldError(
        'out-of-memory',
        `There is no memory for this model or text (${message}). Take a smaller dtype or shorter texts.`,
        { cause: error },
      );
    }
    throw new NearfieldError('internal', `ONNX Runtime failed: ${message}`, { cause: error });
  }
}
