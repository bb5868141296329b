import { describeKernels, describeSearchKernels } from './conformance/index.ts';
import { kernelUrl, searchKernelUrl } from './index.ts';

// Browsers of today have both instruction sets.
for (const simd of ['relaxed', 'simd128'] as const) {
  for (const shared of [false, true]) {
    const name = `${simd}${shared ? ', shared' : ''}`;
    const compile = (url: URL) => WebAssembly.compileStreaming(fetch(url));
    describeKernels(name, await compile(kernelUrl(simd, shared)), shared);
    describeSearchKernels(name, await compile(searchKernelUrl(simd, shared)), shared);
  }
}
