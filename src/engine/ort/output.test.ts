import { describe, expect, it } from 'vitest';
import type { InferenceSession } from 'onnxruntime-node';
import { findStates } from './output.ts';

type Type = InferenceSession.TensorValueMetadata['type'];

function output(name: string, type: Type, rank: number): InferenceSession.ValueMetadata {
  return { name, isTensor: true, type, shape: Array.from({ length: rank }, () => 'n') };
}

describe('findStates', () => {
  it.each(['last_hidden_state', 'hidden_states', 'token_embeddings'])(
    'takes %s, wherever it stands',
    (name) => {
      const outputs = [
        output('present.0.key', 'float32', 4),
        output('pooled', 'float32', 3),
        output(name, 'float32', 3),
      ];
      expect(findStates(outputs)).toEqual({ name, float16: false });
    },
  );

  it('takes the only output of rank 3 under any name, and knows half floats', () => {
    const outputs = [output('sentence', 'float16', 2), output('x', 'float16', 3)];
    expect(findStates(outputs)).toEqual({ name: 'x', float16: true });
  });

  it('refuses two candidates, none, and integers, and says what there is', () => {
    const unsupported = (names: string): Error =>
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringContaining(names) as string,
      }) as Error;
    const two = [output('a', 'float32', 3), output('b', 'float32', 3)];
    expect(() => findStates(two)).toThrow(unsupported('a, b'));
    expect(() => findStates([output('logits', 'float32', 2)])).toThrow(unsupported('logits'));
    expect(() => findStates([output('ids', 'int64', 3)])).toThrow(unsupported('ids'));
  });
});
