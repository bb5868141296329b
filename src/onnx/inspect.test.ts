import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectModel } from './inspect.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from './model.ts';
import { writeModel } from './write.ts';

function fixture(name: string): Uint8Array {
  return readFileSync(new URL(`../../tools/test-models/fixtures/${name}.onnx`, import.meta.url));
}

function node(opType: string, inputs: string[], domain = ''): OnnxNode {
  return { name: '', opType, domain, inputs, outputs: ['out'], attributes: [], rest: [] };
}

function half(name: string): OnnxTensor {
  return { name, dims: [2], dataType: 10, rawData: new Uint8Array(4), rest: [] };
}

function model(nodes: OnnxNode[], initializers: OnnxTensor[] = []): OnnxModel {
  const graph = { name: '', nodes, initializers, inputs: [], outputs: [], rest: [] };
  return { irVersion: 10, opsets: [], graph, rest: [] };
}

function inspect(nodes: OnnxNode[], initializers: OnnxTensor[] = []) {
  return inspectModel(writeModel(model(nodes, initializers)));
}

describe('inspectModel', () => {
  it('tells what the builder wrote for the CPU', () => {
    const facts = inspectModel(fixture('cpu-int4'));
    expect(facts.inputs[0]).toEqual({
      name: 'input_ids',
      elemType: 'int64',
      dims: ['batch_size', 'sequence_length'],
    });
    expect(facts.inputs[2]).toEqual({
      name: 'past_key_values.0.key',
      elemType: 'float32',
      dims: ['batch_size', 2, 'past_sequence_length', 'kv_cache_dim'],
    });
    expect(facts.outputs[0]?.name).toBe('hidden_states');
    expect(facts.ops).toMatchObject({
      'ai.onnx:Gather': 1,
      'com.microsoft:GroupQueryAttention': 3,
      'com.microsoft:MatMulNBits': 15,
    });
    expect(facts.externalFiles).toEqual(['model.onnx.data']);
    expect(facts.largestTensorBytes).toBe((151669 * 64) / 2);
    expect(facts.needsShaderF16).toBe(false);
    expect(facts).not.toHaveProperty('cpuRefuses');
    expect(facts).not.toHaveProperty('webgpuRefuses');
  });

  it.each(['webgpu-int4', 'webgpu-fp16'])('tells what runs on WebGPU only (%s)', (name) => {
    const facts = inspectModel(fixture(name));
    expect(facts.needsShaderF16).toBe(true);
    expect(facts.cpuRefuses).toContain('q_norm');
    expect(facts).not.toHaveProperty('webgpuRefuses');
    expect(facts.outputs[0]?.elemType).toBe('float16');
  });

  it('tells what is integer quantised', () => {
    const nodes = [node('DynamicQuantizeLinear', ['x']), node('MatMulInteger', ['a', 'b'])];
    const facts = inspect([...nodes, ...nodes]);
    expect(facts.webgpuRefuses).toContain('no DynamicQuantizeLinear, MatMulInteger:');
    expect(facts.ops['ai.onnx:MatMulInteger']).toBe(2);
  });

  it('minds where float16 flows, not where it is only stored', () => {
    expect(inspect([node('Cast', ['w'])], [half('w')]).needsShaderF16).toBe(false);
    expect(inspect([node('Mul', ['x', 'w'])], [half('w')]).needsShaderF16).toBe(true);
    const toHalf = node('Cast', ['x']);
    toHalf.attributes = [{ name: 'to', rest: [], type: 'int', value: 10n }];
    expect(inspect([toHalf]).needsShaderF16).toBe(true);
    const constant = node('Constant', []);
    constant.attributes = [{ name: 'value', rest: [], type: 'tensor', value: half('') }];
    expect(inspect([constant]).needsShaderF16).toBe(true);
  });

  it('looks into subgraphs', () => {
    const inner = model([node('MatMulInteger', ['a'])], [half('w')]).graph;
    const branch = node('If', ['c']);
    branch.attributes = [{ name: 'then_branch', rest: [], type: 'graph', value: inner }];
    const facts = inspect([branch]);
    expect(facts.ops).toEqual({ 'ai.onnx:If': 1, 'ai.onnx:MatMulInteger': 1 });
    expect(facts.webgpuRefuses).toContain('MatMulInteger');
    expect(facts.largestTensorBytes).toBe(4);
  });

  it('names each file once, in order', () => {
    const parts = ['b', 'a', 'b'].map((location) => ({
      name: location,
      dims: [],
      dataType: 1,
      externalData: { location, offset: 0 },
      rest: [],
    }));
    expect(inspect([], parts).externalFiles).toEqual(['b', 'a']);
  });
});
