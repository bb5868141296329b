import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NearfieldError } from '../contract/errors.ts';
import { Message } from './message.ts';
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode } from './model.ts';
import { readModel } from './read.ts';
import { writeModel } from './write.ts';

function node(opType: string, attributes: OnnxAttribute[] = []): OnnxNode {
  return {
    name: `/${opType}`,
    opType,
    domain: 'com.microsoft',
    inputs: ['a', '', 'b'],
    outputs: ['c'],
    attributes,
    rest: [],
  };
}

function graph(nodes: OnnxNode[]): OnnxGraph {
  return { name: 'g', nodes, initializers: [], inputs: [], outputs: [], rest: [] };
}

function sample(): OnnxModel {
  const raw = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const tensor = { name: 'w', dims: [2, 1], dataType: 1, rawData: raw, rest: [] };
  const attributes: OnnxAttribute[] = [
    { name: 'f', rest: [], type: 'float', value: 0.5 },
    { name: 'i', rest: [], type: 'int', value: -1n },
    { name: 's', rest: [], type: 'string', value: Uint8Array.from([255, 0]) },
    { name: 't', rest: [], type: 'tensor', value: tensor },
    { name: 'g', rest: [], type: 'graph', value: graph([node('Inner')]) },
    { name: 'fs', rest: [], type: 'floats', value: [1, -2] },
    {
      name: 'is',
      rest: [],
      type: 'ints',
      value: [0n, 9223372036854775807n, -9223372036854775808n],
    },
    { name: 'ss', rest: [], type: 'strings', value: [raw, raw.subarray(0, 0)] },
  ];
  return {
    irVersion: 10,
    opsets: [
      { domain: '', version: 22 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      ...graph([node('All', attributes)]),
      initializers: [
        tensor,
        {
          name: 'far',
          dims: [3, 5],
          dataType: 22,
          externalData: { location: 'model.onnx_data', offset: 4294967296, length: 8 },
          rest: [],
        },
        {
          name: 'tail',
          dims: [],
          dataType: 7,
          externalData: { location: 'x', offset: 0 },
          rest: [],
        },
      ],
      inputs: [{ name: 'a', elemType: 7, dims: ['batch', 4, undefined], rest: [] }],
      outputs: [{ name: 'c', elemType: 10, rest: [] }],
    },
    rest: [],
  };
}

/** A value or a `bad-model` error; everything else fails the test. */
function readsOrRefuses(bytes: Uint8Array): void {
  try {
    readModel(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(NearfieldError);
    expect((error as NearfieldError).code).toBe('bad-model');
  }
}

describe('readModel and writeModel', () => {
  it('are opposites', () => {
    expect(readModel(writeModel(sample()))).toEqual(sample());
  });

  it.each(['cpu-fp32', 'cpu-int4', 'cpu-int8', 'webgpu-fp16', 'webgpu-int4'])(
    'keep the whole of a real graph (%s)',
    (name) => {
      const url = new URL(`../../tools/test-models/fixtures/${name}.onnx`, import.meta.url);
      const model = readModel(new Uint8Array(readFileSync(url)));
      expect(model.graph.nodes.length).toBeGreaterThan(30);
      expect(model.graph.rest.length).toBeGreaterThan(50);
      expect(readModel(writeModel(model))).toEqual(model);
    },
  );

  it('give weights as views of the bytes that were read', () => {
    const bytes = writeModel(sample());
    const weights = readModel(bytes).graph.initializers[0]?.rawData;
    expect(weights?.buffer).toBe(bytes.buffer);
    expect(weights?.length).toBe(8);
  });

  it('carry fields they do not know', () => {
    const message = new Message();
    message.raw([writeModel(sample())]);
    message.string(2, 'a producer');
    message.int(99, 7);
    const model = readModel(message.toBytes());
    expect(model.rest).toHaveLength(2);
    expect(writeModel(model)).toEqual(message.toBytes());
  });

  it('read packed numbers as they read single ones', () => {
    const tensor = new Message();
    tensor.bytes(1, Uint8Array.from([2, 0x80, 1]));
    tensor.int(2, 2);
    const inner = new Message();
    inner.message(5, tensor);
    const outer = new Message();
    outer.message(7, inner);
    expect(readModel(outer.toBytes()).graph.initializers[0]?.dims).toEqual([2, 128]);
  });

  it('keep a value that is no tensor', () => {
    const sequence = new Message();
    sequence.bytes(4, new Uint8Array());
    const value = new Message();
    value.string(1, 'list');
    value.message(2, sequence);
    const inner = new Message();
    inner.message(11, value);
    const outer = new Message();
    outer.message(7, inner);
    const model = readModel(outer.toBytes());
    expect(model.graph.inputs[0]?.elemType).toBeUndefined();
    expect(readModel(writeModel(model))).toEqual(model);
  });
});

describe('readModel on broken files', () => {
  const bytes = writeModel(sample());

  it('refuses or reads every truncation', () => {
    for (let length = 0; length < bytes.length; length++) readsOrRefuses(bytes.slice(0, length));
    expect(() => readModel(bytes.slice(0, bytes.length / 2))).toThrow(NearfieldError);
  });

  it('refuses or reads any flipped bits', () => {
    const position = fc.nat(bytes.length - 1);
    const flips = fc.array(fc.tuple(position, fc.integer({ min: 1, max: 255 })), { minLength: 1 });
    fc.assert(
      fc.property(flips, (changes) => {
        const broken = bytes.slice();
        for (const [at, mask] of changes) broken[at] = broken[at]! ^ mask;
        readsOrRefuses(broken);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });

  it('refuses or reads any bytes', () => {
    const anything = fc.uint8Array({ maxLength: 200 });
    fc.assert(fc.property(anything, readsOrRefuses), { seed: 3, numRuns: 2000 });
  });

  it('refuses a file that is something else', () => {
    const html = new TextEncoder().encode('<!doctype html><title>Not found</title>');
    expect(() => readModel(html)).toThrow(/^Not a sound ONNX file/);
    expect(() => readModel(new Uint8Array())).toThrow('it has no graph');
  });

  it('refuses graphs nested without end', () => {
    let deep = graph([]);
    for (let n = 0; n < 100; n++) {
      deep = graph([node('If', [{ name: 'then', rest: [], type: 'graph', value: deep }])]);
    }
    const model = { ...sample(), graph: deep };
    expect(() => readModel(writeModel(model))).toThrow('nested too deep');
  });

  it.each([
    ['raw data of the wrong size', { rawData: new Uint8Array(7) }],
    ['a file range of the wrong size', { externalData: { location: 'x', offset: 0, length: 7 } }],
    ['a size past counting', { dims: [2 ** 40, 2 ** 40] }],
    ['no location', { externalData: { location: '', offset: 0 } }],
    ['half an offset', { externalData: { location: 'x', offset: 0.5 } }],
    ['a negative offset', { externalData: { location: 'x', offset: -8 } }],
  ])('refuses a tensor with %s', (_, fault) => {
    const model = sample();
    const tensor = { name: 'w', dims: [2], dataType: 1, rest: [], ...fault };
    model.graph.initializers = [tensor];
    expect(() => readModel(writeModel(model))).toThrow(NearfieldError);
  });
});
