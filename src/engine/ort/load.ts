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
