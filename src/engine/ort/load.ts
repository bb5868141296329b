import asyncifyMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiMjs from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type * as Ort from 'onnxruntime-web';
import type { Device } from '../../contract/index.ts';

export type OrtModule = typeof Ort;

/**
 * ONNX Runtime for one device, its binaries from our own build: the plain one for WASM; for WebGPU
 * the JSPI one (17 MB, mounts weights as blobs) where the browser has JSPI, else Asyncify (27 MB).
 */
export async function loadOrt(device: Device, threads: number): Promise<OrtModule> {
  const [ort, mjs, wasm] = await chooseBuild(device);
  ort.env.logLevel = 'error';
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs), wasm: absolute(wasm) };
  ort.env.wasm.numThreads = threads;
  return ort;
}

/** A graph of one Identity node, in ONNX's protobuf: the least that a session takes. */
const SMALLEST_GRAPH = Uint8Array.of(
  ...[8, 8, 66, 2, 16, 13, 58, 55, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116],
  ...[105, 116, 121, 18, 1, 103, 90, 15, 10, 1, 120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 98],
  ...[15, 10, 1, 121, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1],
);

/**
 * Fetches, compiles and starts ONNX Runtime for WASM, which it does with its first session only:
 * some 0.3 s that pass while the model downloads.
 */
export async function warmUpWasm(threads: number): Promise<void> {
  const ort = await loadOrt('wasm', threads);
  const session = await ort.InferenceSession.create(SMALLEST_GRAPH);
  await session.release();
}

async function chooseBuild(device: Device): Promise<[OrtModule, mjs: string, wasm: string]> {
  if (device === 'wasm') return [await import('onnxruntime-web/wasm'), wasmMjs, wasmWasm];
  if ('Suspending' in WebAssembly) {
    return [await import('onnxruntime-web/jspi'), jspiMjs, jspiWasm];
  }
  return [await import('onnxruntime-web/webgpu'), asyncifyMjs, asyncifyWasm];
}

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}
