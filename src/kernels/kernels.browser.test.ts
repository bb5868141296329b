import { describeKernels } from './conformance/index.ts';
import { kernelUrl } from './index.ts';

// Browsers of today have both instruction sets.
for (const simd of ['relaxed', 'simd128'] as const) {
  for (const shared of [false, true]) {
    const module = await WebAssembly.compileStreaming(fetch(kernelUrl(simd, shared)));
    describeKernels(`${simd}${shared ? ', shared' : ''}`, module, shared);
  }
}
