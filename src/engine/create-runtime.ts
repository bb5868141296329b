/** The runtime for files that were fetched, on the device they were chosen for. */

import type { LoadRequest, ModelSpec } from '../contract/index.ts';
import { chooseThreads, type FoundAdapter } from '../device/index.ts';
import type { FetchedFile } from '../weights/download.ts';
import type { OpenHash } from '../weights/hash.ts';
import type { ModelFiles } from './files.ts';
import {
  createNativeRuntime,
  loadKernels,
  type ByteSource,
  type Choice,
  type SpawnThread,
} from './native/index.ts';
import { createGpuRuntime, createWasmRuntime, type OrtModel } from './ort/runtime.ts';
import type { Runtime } from './runtime.ts';
import type { OpenTokens } from './tokens.ts';

/** What the host gives: threads of its own kind. */
export interface Host {
  openTokens: OpenTokens;
  /** These two are missing where there can be no threads. */
  openHash?: OpenHash;
  spawnThread?: SpawnThread;
}

/** One load: what was asked for, and what every part of it needs. */
export interface Loading {
  request: LoadRequest;
  host: Host;
  spec: ModelSpec;
  files: ModelFiles;
  /** Where the device is a GPU. */
  found: FoundAdapter | undefined;
  /** Nearfield's own kernels are not ruled out. */
  native: boolean;
}

export interface FetchedModel {
  /** In memory for ONNX Runtime, which copies it; else as it is stored. */
  graph: ByteSource;
  /** By the names that the graph gives them. */
  data: readonly { path: string; file: FetchedFile }[];
  choice: Choice;
}

export async function createRuntime(loading: Loading, fetched: FetchedModel): Promise<Runtime> {
  const { request, spec, found } = loading;
  const { choice, graph, data } = fetched;
  if (choice.model) return openNative(loading, choice.model, fetched);
  const { pooling, dimensions: width, keyValue } = spec;
  const model: OrtModel = {
    graph: graph instanceof Uint8Array ? graph : await graph.read(0, graph.size),
    externalData: data.map(({ path, file }) => ({ path, data: file.bytes ?? file.blob })),
    pooling,
    width,
    ...(keyValue && { keyValue }),
  };
  return found
    ? createGpuRuntime(model, found.adapter)
    : createWasmRuntime(model, threadsOf(request));
}

async function openNative(
  { request, host: { spawnThread: spawn }, spec, files }: Loading,
  model: NonNullable<Choice['model']>,
  { graph, data }: FetchedModel,
): Promise<Runtime> {
  const threads = spawn ? threadsOf(request) : 1;
  const kernels = await loadKernels(request.simd, threads > 1);
  const sources = new Map([['', graph]]);
  for (const { path, file } of data) sources.set(path, await files.sourceOf(file));
  const { pooling } = spec;
  const maxTokens = limitOf(spec, request.maxTokens);
  return createNativeRuntime(model, sources, { ...kernels, threads, spawn, pooling, maxTokens });
}

/** Longest input, where the caller asked for `wanted`. */
export function limitOf(spec: ModelSpec, wanted: number | undefined): number {
  return Math.min(spec.mostTokens ?? spec.maxTokens, wanted ?? spec.maxTokens);
}

/** Of the WASM path. */
export function threadsOf(request: LoadRequest): number {
  const machine = {
    cores: navigator.hardwareConcurrency,
    isolated: globalThis.crossOriginIsolated,
  };
  return chooseThreads(machine, request.threads);
}
