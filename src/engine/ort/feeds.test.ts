import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { makeFeeds, padBatch } from './feeds.ts';

type Type = ort.InferenceSession.TensorValueMetadata['type'];
type Shape = readonly (number | string)[];

/** What a session tells of its inputs. */
function session(...inputs: [name: string, type: Type, shape: Shape][]) {
  return {
    inputMetadata: inputs.map(([name, type, shape]) => ({
      name,
      type,
      shape,
      isTensor: true as const,
    })),
  };
}

const batch = padBatch([[7, 8, 9], [5]]);
const feed = (
  inputs: ReturnType<typeof session>,
  keyValue?: { heads: number; headSize: number },
): Record<string, ort.Tensor> =>
  // Both packages export onnxruntime-common's Tensor.
  makeFeeds(ort, inputs, batch, keyValue);

describe('token inputs', () => {
  const shape = ['batch', 'tokens'];

  it('pads on the right: ids and mask with zeros, positions counted on', () => {
    const feeds = feed(
      session(
        ['input_ids', 'int64', shape],
        ['attention_mask', 'int64', shape],
        ['position_ids', 'int64', shape],
        ['token_type_ids', 'int64', shape],
      ),
    );
    const values = Object.entries(feeds).map(([name, { data }]) => [
      name,
      Array.from(data, Number),
    ]);
    expect(Object.fromEntries(values)).toEqual({
      input_ids: [7, 8, 9, 5, 0, 0],
      attention_mask: [1, 1, 1, 1, 0, 0],
      position_ids: [0, 1, 2, 0, 1, 2],
      token_type_ids: [0, 0, 0, 0, 0, 0],
    });
    expect(feeds['input_ids']).toMatchObject({ type: 'int64', dims: [2, 3] });
  });

  it('gives 32-bit ids to a model that asks for them, and only what is asked for', () => {
    const feeds = feed(session(['input_ids', 'int32', shape]));
    expect(Object.keys(feeds)).toEqual(['input_ids']);
    expect(feeds['input_ids']?.type).toBe('int32');
  });
});

describe('the past of decoder exports', () => {
  it.each(['float32', 'float16'] as const)('is empty, in the %s of the graph', (type) => {
    const feeds = feed(session(['past_key_values.0.key', type, ['batch', 8, 'past', 128]]));
    expect(feeds['past_key_values.0.key']).toMatchObject({ type, dims: [2, 8, 0, 128], size: 0 });
  });

  it('takes sizes that the graph only names from the model', () => {
    const inputs = session(['past_key_values.0.value', 'float32', ['batch', 'kv', 'past', 'size']]);
    const feeds = feed(inputs, { heads: 2, headSize: 16 });
    expect(feeds['past_key_values.0.value']?.dims).toEqual([2, 2, 0, 16]);
    expect(() => feed(inputs)).toThrow(
      expect.objectContaining({ code: 'unsupported-model' }) as Error,
    );
  });
});

it.each([
  ['pixel_values', 'float32', ['batch', 3, 224, 224]],
  ['past_sequence_length', 'int32', [1]],
] as const)('refuses the input %s by name', (name, type, shape) => {
  expect(() => feed(session([name, type, shape]))).toThrow(
    expect.objectContaining({
      code: 'unsupported-model',
      message: expect.stringContaining(name) as string,
    }) as Error,
  );
});
