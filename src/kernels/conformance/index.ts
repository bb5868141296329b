/** One suite for every build of the kernels, in Node and in browsers. */

import { describe, expect, it } from 'vitest';
import { instantiateKernels, instantiateSearchKernels } from '../instantiate.ts';
import { createTwins } from '../twins/index.ts';
import { createSearchTwins } from '../twins/search.ts';
import { Arena, type Sides } from './arena.ts';
import { attentionCases } from './attention.ts';
import { encodeCases } from './encode.ts';
import { matmulCases } from './matmul.ts';
import { packCases } from './pack.ts';
import { rowCases } from './rows.ts';
import { scanCases } from './scan.ts';

export function describeKernels(name: string, module: WebAssembly.Module, shared: boolean): void {
  describe(name, () => {
    const arena = arenaFor(module, shared, instantiateKernels, createTwins);
    matmulCases(arena);
    rowCases(arena);
    attentionCases(arena);
    packCases(arena);
  });
}

export function describeSearchKernels(
  name: string,
  module: WebAssembly.Module,
  shared: boolean,
): void {
  describe(`search, ${name}`, () => {
    const arena = arenaFor(module, shared, instantiateSearchKernels, createSearchTwins);
    encodeCases(arena);
    scanCases(arena);
  });
}

function arenaFor<K extends object>(
  module: WebAssembly.Module,
  shared: boolean,
  instantiate: (module: WebAssembly.Module, memory: WebAssembly.Memory) => K,
  twins: Sides<K>['twins'],
): Arena<K> {
  const open: Sides<K>['open'] = (pages) => {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared });
    return { kernels: instantiate(module, memory), memory };
  };

  it('has a kernel for every twin', () => {
    const names = Object.keys(twins(new WebAssembly.Memory({ initial: 1 })));
    const functions = names.map((kernel) => [kernel, expect.any(Function) as unknown]);
    expect(open(1).kernels).toEqual(expect.objectContaining(Object.fromEntries(functions)));
  });
  return new Arena({ open, twins });
}
