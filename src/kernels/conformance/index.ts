/** One suite for every build of the kernels, in Node and in browsers. */

import { describe, expect, it } from 'vitest';
import { instantiateKernels } from '../instantiate.ts';
import { createTwins } from '../twins/index.ts';
import { Arena, type OpenKernels } from './arena.ts';
import { attentionCases } from './attention.ts';
import { matmulCases } from './matmul.ts';
import { packCases } from './pack.ts';
import { rowCases } from './rows.ts';

export function describeKernels(name: string, module: WebAssembly.Module, shared: boolean): void {
  const open: OpenKernels = (pages) => {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared });
    return { kernels: instantiateKernels(module, memory), memory };
  };

  describe(name, () => {
    it('has a kernel for every twin', () => {
      const twins = createTwins(new WebAssembly.Memory({ initial: 1 }));
      expect(open(1).kernels).toEqual(
        expect.objectContaining(
          Object.fromEntries(
            Object.keys(twins).map((kernel) => [kernel, expect.any(Function) as unknown]),
          ),
        ),
      );
    });

    const arena = new Arena(open);
    matmulCases(arena);
    rowCases(arena);
    attentionCases(arena);
    packCases(arena);
  });
}
