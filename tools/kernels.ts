/**
 * Compiles src/kernels/assembly into the modules of src/kernels/build, where they are missing or
 * older than their sources: the engine's and the search's, each in relaxed SIMD and in SIMD128, for
 * one thread and for shared memory.
 * `npm run build:kernels`, and the start of every Vite run (`kernels()` below).
 */

import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';
import { assemble } from './asc.ts';

const SOURCES = fileURLToPath(new URL('../src/kernels/assembly', import.meta.url));
const BUILD = fileURLToPath(new URL('../src/kernels/build', import.meta.url));

const COMMON = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--initialMemory', '1'],
  ...['--enable', 'simd'],
];
const RELAXED = ['--enable', 'relaxed-simd'];
// A shared memory has a maximum, and a module's must not be below it: 65,536 pages, 4 GB.
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'];

const BUILDS: Readonly<Record<string, readonly string[]>> = {
  'relaxed.wasm': RELAXED,
  'relaxed-shared.wasm': [...RELAXED, ...SHARED],
  'simd128.wasm': [],
  'simd128-shared.wasm': SHARED,
};

/** Entry -> what the names of its modules begin with. */
const ENTRIES: Readonly<Record<string, string>> = { 'index.ts': '', 'search.ts': 'search-' };

interface Module {
  name: string;
  entry: string;
  flags: readonly string[];
}

const MODULES: readonly Module[] = Object.entries(ENTRIES).flatMap(([entry, prefix]) =>
  Object.entries(BUILDS).map(([name, flags]) => ({ name: prefix + name, entry, flags })),
);

/** Compiles what is stale. Throws with the compiler's messages. */
export async function buildKernels(): Promise<void> {
  const names = (await readdir(SOURCES)).map((name) => join(SOURCES, name));
  const changed = Math.max(...(await Promise.all([...names, import.meta.filename].map(timeOf))));
  const built = await Promise.all(MODULES.map(({ name }) => timeOf(join(BUILD, name))));
  if (Math.min(...built) > changed) return;
  await mkdir(BUILD, { recursive: true });
  for (const module of MODULES) await compile(module);
}

/** As a Vite plugin: the modules are there before anything is resolved. */
export function kernels(): Plugin {
  return { name: 'nearfield:kernels', config: buildKernels };
}

/** Time of the last change; 0 for what does not exist. */
async function timeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function compile({ name, entry, flags }: Module): Promise<void> {
  // Several runs may compile at once: each writes its own file, and the last one to end stays.
  const output = join(BUILD, `${name}.${process.pid}`);
  try {
    await assemble(join(SOURCES, entry), output, [...COMMON, ...flags]);
    await rename(output, join(BUILD, name));
  } catch (error) {
    await rm(output, { force: true });
    throw error;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildKernels();
