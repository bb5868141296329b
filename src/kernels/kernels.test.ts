import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeKernels } from './conformance/index.ts';
import { chooseSimd, kernelUrl, MissingSimdError } from './index.ts';

// Node 20 has relaxed SIMD behind a flag only; the browser tests run it.
const best = chooseSimd();
for (const simd of new Set([best, 'simd128'] as const)) {
  for (const shared of [false, true]) {
    const module = await WebAssembly.compile(await readFile(kernelUrl(simd, shared)));
    describeKernels(`${simd}${shared ? ', shared' : ''}`, module, shared);
  }
}

describe('chooseSimd', () => {
  it('takes what is forced', () => {
    expect(chooseSimd('simd128')).toBe('simd128');
  });

  it('says what is missing', () => {
    const validate = WebAssembly.validate.bind(WebAssembly);
    WebAssembly.validate = () => false;
    try {
      expect(() => chooseSimd()).toThrow(MissingSimdError);
      expect(() => chooseSimd('relaxed')).toThrow('no relaxed SIMD');
    } finally {
      WebAssembly.validate = validate;
    }
  });
});
