import { describe, expect, it } from 'vitest';
import { FLOAT32, readModel, writeModel, type OnnxModel } from './index.ts';
import { readStructure, type PiecewiseFile } from './structure.ts';

const KiB = 1024;

function modelWith(...bytes: number[]): OnnxModel {
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    graph: {
      name: 'weights',
      nodes: [
        {
          name: 'a',
          opType: 'Add',
          domain: '',
          inputs: ['x', 'w0'],
          outputs: ['y'],
          attributes: [],
          rest: [],
        },
      ],
      initializers: bytes.map((length, i) => ({
        name: `w${i}`,
        dims: [length / 4],
        dataType: FLOAT32,
        rawData: new Uint8Array(length).fill(i + 1),
        rest: [],
      })),
      inputs: [],
      outputs: [],
      rest: [],
    },
    rest: [],
  };
}

function fileOf(bytes: Uint8Array): PiecewiseFile {
  return { size: bytes.length, read: async (from, to) => bytes.slice(from, to) };
}

describe('readStructure', () => {
  const sizes = [16, 128 * KiB, 256 * KiB, 4, 1024 * KiB, 100 * KiB];
  const file = writeModel(modelWith(...sizes));

  it('keeps all but the data of large tensors, each byte in its place', async () => {
    const sparse = await readStructure(fileOf(file));
    expect(sparse.length).toBe(file.length);
    const { initializers, nodes } = readModel(sparse).graph;
    expect(nodes[0]).toMatchObject({ name: 'a', inputs: ['x', 'w0'] });
    const whole = readModel(file).graph.initializers;
    initializers.forEach((tensor, i) => {
      expect(tensor).toMatchObject({ name: `w${i}`, dims: [sizes[i]! / 4] });
      expect(tensor.rawData!.byteOffset - sparse.byteOffset).toBe(
        whole[i]!.rawData!.byteOffset - file.byteOffset,
      );
      const large = sizes[i]! > 128 * KiB;
      // What was read along with a header stays.
      expect(tensor.rawData!.at(-1)).toBe(large ? 0 : i + 1);
    });
  });

  it('leaves a broken file broken', async () => {
    const cut = [10, 1000, 150_000, file.length - 3].map((length) => file.slice(0, length));
    const bent = Uint8Array.from(file);
    bent.fill(0xff, 0, 40);
    for (const broken of [...cut, bent]) {
      const sparse = await readStructure(fileOf(broken));
      expect(() => readModel(sparse)).toThrow(
        expect.objectContaining({ code: 'bad-model' }) as Error,
      );
    }
  });
});
