/** The native runtime in Node, over model files on disk. */

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Simd } from '../contract/index.ts';
import {
  isRecognised,
  recognise,
  tensorsOf,
  type NativeModel,
} from '../engine/native/graph/index.ts';
import { createNativeRuntime, type NativeOptions } from '../engine/native/runtime.ts';
import type { ByteSource } from '../engine/native/source.ts';
import type { Runtime } from '../engine/runtime.ts';
import { kernelUrl } from '../kernels/index.ts';
import { spawnNodeThread } from './spawn.ts';

export interface ModelFiles {
  model: NativeModel;
  /** By the names that the graph gives them. */
  sources: Map<string, Uint8Array<ArrayBuffer>>;
}

/** Reads a graph file and the data files it names. */
export async function readModelFiles(graph: string): Promise<ModelFiles> {
  const bytes = Uint8Array.from(await readFile(graph));
  const model = recognise(bytes);
  if (!isRecognised(model)) throw new Error(`${graph}: ${model.reason}`);
  const sources = new Map([['', bytes]]);
  for (const file of new Set(tensorsOf(model).map((tensor) => tensor.file))) {
    if (file !== '') sources.set(file, Uint8Array.from(await readFile(join(dirname(graph), file))));
  }
  return { model, sources };
}

/** SIMD128 unless asked for: Node 20 has no relaxed SIMD. */
export async function openNative(
  { model, sources }: { model: NativeModel; sources: ReadonlyMap<string, ByteSource> },
  options: Partial<NativeOptions> = {},
): Promise<Runtime> {
  const { threads = 1, simd = 'simd128' } = options;
  return createNativeRuntime(model, sources, {
    module: await compile(simd, threads > 1),
    simd,
    pooling: 'last',
    maxTokens: 2048,
    spawn: () => spawnNodeThread(),
    ...options,
  });
}

async function compile(simd: Simd, shared: boolean): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(kernelUrl(simd, shared)));
}
