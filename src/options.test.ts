import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkModelOptions, checkTexts } from './options.ts';

// What a page has and Node has not: an address of its own.
beforeAll(() => {
  vi.stubGlobal('document', { baseURI: 'https://site.example/app/page.html' });
});
afterAll(() => {
  vi.unstubAllGlobals();
});

function badInput(message: string | RegExp, index?: number): Error {
  return expect.objectContaining({
    code: 'bad-input',
    message: expect.stringMatching(message) as string,
    ...(index !== undefined && { index }),
  }) as Error;
}

describe('checkModelOptions', () => {
  it('fills in the defaults', () => {
    expect(checkModelOptions({})).toMatchObject({
      model: 'qwen3-embedding-0.6b',
      device: 'auto',
      dtype: 'auto',
      runtime: 'auto',
      precision: 'auto',
      simd: 'auto',
      hubUrl: 'https://huggingface.co',
      modelsUrl: 'https://site.example/app/models/',
    });
  });

  it('makes addresses absolute and leaves names alone', () => {
    const { model, hubUrl, modelsUrl } = checkModelOptions({
      model: './my-model',
      hubUrl: '/mirror//',
      modelsUrl: '../files',
    });
    expect(model).toBe('https://site.example/app/my-model');
    expect(hubUrl).toBe('https://site.example/mirror');
    expect(modelsUrl).toBe('https://site.example/files/');
    for (const name of ['starter', 'owner/name', 'https://host.example/folder']) {
      expect(checkModelOptions({ model: name }).model).toBe(name);
    }
  });

  it.each([
    [{ device: 'gpu' }, /device: expected auto, webgpu, wasm; got "gpu"/],
    [{ device: null }, /device: .* got null/],
    [{ dtype: 'fp8' }, /dtype: expected auto, fp32, .*; got "fp8"/],
    [{ runtime: 'ort' }, /runtime: expected auto, native, onnxruntime; got "ort"/],
    [{ runtime: null }, /runtime: .* got null/],
    [{ precision: 'fp32' }, /precision: expected auto, exact; got "fp32"/],
    [{ precision: 1 }, /precision: .* got 1/],
    [{ simd: 'avx2' }, /simd: expected auto, relaxed, simd128; got "avx2"/],
    [{ simd: true }, /simd: .* got a value of type boolean/],
    [
      { precision: 'exact', runtime: 'native' },
      /precision: expected "auto" with runtime "native".*; got "exact"/,
    ],
    [{ model: '' }, /model: expected .*; got ""/],
    [{ model: 7 }, /model: expected .*; got 7/],
    [{ model: { id: 'x' } }, /model: expected .*; got a value of type object/],
    [{ hubUrl: 'ftp://host' }, /hubUrl: expected an http\(s\) address, got "ftp:\/\/host"/],
    [{ hubUrl: 'http://' }, /hubUrl: expected/],
    [{ modelsUrl: 'javascript:alert(1)' }, /modelsUrl: expected/],
    [{ revision: ' ' }, /revision: expected a branch, a tag or a commit, got " "/],
    [{ revision: 5 }, /revision: .* got 5/],
    [{ threads: 0 }, /threads: expected 1 to 64, got 0/],
    [{ threads: 65 }, /threads: expected 1 to 64, got 65/],
    [{ threads: 1.5 }, /threads: .* got 1.5/],
    [{ maxTokens: 0 }, /maxTokens: expected a positive integer, got 0/],
    [{ maxTokens: '512' }, /maxTokens: expected a positive integer, got "512"/],
    [{ maxTokens: Number.NaN }, /maxTokens: .* got NaN/],
  ])('refuses %j', (options, message) => {
    expect(() => checkModelOptions(options as object)).toThrow(badInput(message));
  });
});

describe('checkTexts', () => {
  it('takes one text or many', () => {
    expect(checkTexts('a')).toEqual(['a']);
    expect(checkTexts(['a', 'b'])).toEqual(['a', 'b']);
    expect(checkTexts([])).toEqual([]);
  });

  it.each([
    [['a', ''], 1, /texts\[1\]: .* got a blank string/],
    [['a', 'b', ' \n\t\u3000'], 2, /texts\[2\]: .* got a blank string/],
    [[3, 'a'], 0, /texts\[0\]: .* got 3/],
    [['a', null], 1, /texts\[1\]: .* got null/],
    [['a', ['b']], 1, /texts\[1\]: .* got a value of type object/],
    [undefined, 0, /texts\[0\]: .* got a value of type undefined/],
    [new Array(2), 0, /texts\[0\]: .* got a value of type undefined/],
    ['   ', 0, /texts\[0\]: .* got a blank string/],
  ])('names the first bad text of %j', (texts, index, message) => {
    expect(() => checkTexts(texts as string[])).toThrow(badInput(message, index));
  });
});
