import { describe, expect, it } from 'vitest';
import { CATALOGUE, type ModelSpec } from '../contract/index.ts';
import type { AdapterFacts } from '../device/index.ts';
import { candidates, refusedBy, remoteFile, tooBigForWasm } from './plan.ts';
import type { ResolvedModel } from './resolve.ts';

const MiB = 1024 * 1024;
const qwen3 = CATALOGUE['qwen3-embedding-0.6b'] as ModelSpec;
const large: AdapterFacts = {
  shaderF16: true,
  maxStorageBufferBindingSize: 2048 * MiB,
  maxBufferSize: 2048 * MiB,
};
const noHalf = { ...large, shaderF16: false };
const small = { ...large, maxStorageBufferBindingSize: 128 * MiB };

function dtypes(...asked: Parameters<typeof candidates>): string[] {
  return candidates(...asked).map(({ dtype }) => dtype);
}

function refusal(code: string, ...parts: string[]): Error {
  return expect.objectContaining({
    code,
    message: expect.stringMatching(new RegExp(parts.join('.*'), 's')) as string,
  }) as Error;
}

describe('candidates', () => {
  it('puts the best first on each device, and leaves out what is taken by name only', () => {
    expect(dtypes(qwen3, 'webgpu', 'auto', large)).toEqual(['q4f16', 'q4', 'fp16', 'fp32']);
    expect(dtypes(qwen3, 'wasm', 'auto')).toEqual(['q4', 'fp32', 'q4f16', 'fp16']);
  });

  it('puts the smallest 4-bit file first where native kernels may run it', () => {
    const plan = (spec: ModelSpec) => candidates(spec, 'wasm', 'auto', undefined, true);
    expect(plan(qwen3).map(({ dtype, nativeOnly }) => [dtype, nativeOnly])).toEqual([
      ['q4f16', true],
      ['q4', undefined],
      ['fp32', undefined],
      ['q4f16', undefined],
      ['fp16', undefined],
    ]);
    const { q4f16, ...others } = qwen3.dtypes;
    expect(plan({ ...qwen3, dtypes: others })[0]!.dtype).toBe('q4');
    expect(plan({ ...qwen3, dtypes: { q4: q4f16!, q4f16: q4f16! } })[0]!.dtype).toBe('q4');
    expect(candidates(qwen3, 'wasm', 'q4', undefined, true)).toHaveLength(1);
  });

  it('gives what is asked for by name', () => {
    expect(dtypes(qwen3, 'wasm', 'q8')).toEqual(['q8']);
    expect(dtypes(qwen3, 'webgpu', 'fp32', large)).toEqual(['fp32']);
  });

  it('leaves half floats to GPUs that have them', () => {
    expect(dtypes(qwen3, 'webgpu', 'auto', noHalf)).toEqual(['q4', 'fp32']);
    expect(() => candidates(qwen3, 'webgpu', 'q4f16', noHalf)).toThrow(
      refusal('no-webgpu', 'q4f16 needs the feature shader-f16'),
    );
  });

  it('gives every reason when a GPU suits no file', () => {
    const poor = { ...small, shaderF16: false };
    const q4f16 = 'q4f16 needs the feature shader-f16';
    const q4 = 'q4 has a tensor of 621236224 bytes, the largest buffer is 134217728';
    expect(() => candidates(qwen3, 'webgpu', 'auto', poor)).toThrow(
      refusal('no-webgpu', q4f16, q4, 'fp16 needs', 'fp32 has a tensor'),
    );
  });

  it('leaves out what WASM has no memory for, and names what is smaller', () => {
    const data = { path: 'onnx/model.onnx_data', bytes: 2046 * MiB };
    const big = { files: [{ path: 'onnx/model.onnx' }, data, data] };
    const spec = { ...qwen3, dtypes: { ...qwen3.dtypes, fp32: big } };
    expect(dtypes(spec, 'wasm', 'auto')).toEqual(['q4', 'q4f16', 'fp16']);
    expect(dtypes(spec, 'webgpu', 'fp32', large)).toEqual(['fp32']);
    expect(() => candidates(spec, 'wasm', 'fp32')).toThrow(
      refusal('out-of-memory', 'fp32 takes 42907\\d+ bytes', 'Smaller dtypes: q4, q8, int8, q4f16'),
    );
    expect(() => candidates({ ...spec, dtypes: { fp32: big } }, 'wasm', 'auto')).toThrow(
      refusal('out-of-memory', 'Smaller dtypes: none'),
    );
  });

  it('names the dtypes there are when the one asked for is not', () => {
    const starter = CATALOGUE['starter'] as ModelSpec;
    expect(() => candidates(starter, 'wasm', 'fp16')).toThrow(
      refusal('bad-input', 'dtype: starter has q4; got "fp16"'),
    );
    expect(() => candidates({ ...starter, dtypes: {} }, 'wasm', 'auto')).toThrow(
      refusal('bad-input', 'starter has none'),
    );
  });
});

describe('refusedBy', () => {
  it.each([
    ['nothing needed', small, {}, undefined],
    ['a tensor that just fits', small, { largestTensorBytes: 128 * MiB }, undefined],
    ['a tensor a byte too large', small, { largestTensorBytes: 128 * MiB + 1 }, /128|134217729/],
    ['a small buffer', { ...large, maxBufferSize: 8 }, { largestTensorBytes: 9 }, /buffer is 8/],
    ['half floats', noHalf, { needsShaderF16: true }, /shader-f16/],
  ] as const)('judges %s', (_, adapter, needs, reason) => {
    if (reason) expect(refusedBy(adapter, needs)).toMatch(reason);
    else expect(refusedBy(adapter, needs)).toBeUndefined();
  });
});

describe('tooBigForWasm', () => {
  const files = (...sizes: number[]) => ({
    files: sizes.map((size, i) => ({ path: String(i), bytes: size * MiB })),
  });

  it.each([
    ['weights in data files, once', files(0, 2000, 1840), undefined],
    ['a byte more', files(0, 2000, 1840 + 1 / MiB), /takes 4026531841 bytes, there are 4026531840/],
    ['weights in the graph, twice', files(1920), undefined],
    ['a byte more there', files(1920 + 1 / MiB), /takes 4026531842/],
    ['a file that just can be read', files(1, 2046), undefined],
    ['a file that cannot', files(1, 2046 + 1 / MiB), /a file of 2145386497 bytes/],
    ['rough sizes', { files: [{ path: 'g', aboutBytes: 4000 * MiB }] }, /a file of/],
    ['unknown sizes', { files: [{ path: 'g' }] }, undefined],
  ])('judges %s', (_, dtype, reason) => {
    if (reason) expect(tooBigForWasm(dtype)).toMatch(reason);
    else expect(tooBigForWasm(dtype)).toBeUndefined();
  });
});

describe('remoteFile', () => {
  const model = { base: 'https://host/m/', folder: 'm', immutable: true } as ResolvedModel;

  it('appends the path to the address, with everything else encoded', () => {
    const file = remoteFile(model, { path: 'onnx/a b+c.onnx', bytes: 3, sha256: 'ff' });
    expect(file).toEqual({
      url: 'https://host/m/onnx/a%20b%2Bc.onnx',
      key: { folder: 'm', path: 'onnx/a b+c.onnx' },
      immutable: true,
      bytes: 3,
      sha256: 'ff',
    });
  });
});
