/** Runs a tiny model on ONNX Runtime's CPU provider: what the graph says, by an independent reader. */

import { InferenceSession, Tensor } from 'onnxruntime-node';

/** States of one text, row by row. Rejects when ONNX Runtime refuses the graph. */
export async function runTiny(file: Uint8Array, ids: readonly number[]): Promise<Float32Array> {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const feeds = session.inputMetadata.map((input) => [input.name, feed(input, ids)] as const);
    const outputs = await session.run(Object.fromEntries(feeds));
    return outputs['last_hidden_state']!.data as Float32Array;
  } finally {
    await session.release();
  }
}

function feed(input: InferenceSession.ValueMetadata, ids: readonly number[]): Tensor {
  const numbers: Record<string, (at: number) => number> = {
    input_ids: (at) => ids[at]!,
    attention_mask: () => 1,
    position_ids: (at) => at,
    token_type_ids: () => 0,
  };
  const number = numbers[input.name];
  if (number) {
    const values = BigInt64Array.from(ids, (_, at) => BigInt(number(at)));
    return new Tensor('int64', values, [1, ids.length]);
  }
  const shape = input.isTensor ? input.shape : [];
  const [heads, width] = [shape[1], shape[3]].map(Number);
  return new Tensor('float32', new Float32Array(), [1, heads!, 0, width!]);
}
