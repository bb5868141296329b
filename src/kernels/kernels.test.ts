import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { describeKernels, describeSearchKernels } from './conformance/index.ts';
import { chooseSimd, kernelUrl, searchKernelUrl } from './index.ts';

// Node 20 has relaxed SIMD behind a flag only; the browser tests run it.
const here = (['relaxed', 'simd128'] as const).filter((simd) => chooseSimd(simd));
for (const simd of here) {
  for (const shared of [false, true]) {
    const name = `${simd}${shared ? ', shared' : ''}`;
    const compile = async (url: URL) => WebAssembly.compile(await readFile(url));
    describeKernels(name, await compile(kernelUrl(simd, shared)), shared);
    describeSearchKernels(name, await compile(searchKernelUrl(simd, shared)), shared);
  }
}

describe('chooseSimd', () => {
  const validate = WebAssembly.validate.bind(WebAssembly);

  afterEach(() => {
    WebAssembly.validate = validate;
  });

  it('takes the best there is, or what is wanted', () => {
    WebAssembly.validate = () => true;
    expect(chooseSimd('auto')).toBe('relaxed');
    expect(chooseSimd('simd128')).toBe('simd128');
  });

  it('takes SIMD128 where there is nothing better', () => {
    let asked = 0;
    WebAssembly.validate = () => asked++ > 0;
    expect(chooseSimd('auto')).toBe('simd128');
  });

  it('gives nothing where what is wanted is missing', () => {
    WebAssembly.validate = () => false;
    expect(chooseSimd('auto')).toBeUndefined();
    expect(chooseSimd('relaxed')).toBeUndefined();
  });
});
