/** Runs a test model on ONNX Runtime's CPU provider: token ids in, unit vectors out. */

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { fromHalfBits } from './half.ts';
import { CONFIG, type QwenConfig } from './seeded.ts';

/** A path, or a whole file's bytes. */
export async function openSession(model: string | Uint8Array): Promise<InferenceSession> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  // One call each: the overloads take no union.
  return typeof model === 'string'
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options);
}

/** One pass over the whole batch, padded on the right. */
export async function embedBatch(
  session: InferenceSession,
  batch: readonly (readonly number[])[],
  config: QwenConfig = CONFIG,
): Promise<Float32Array[]> {
  const length = Math.max(...batch.map((ids) => ids.length));
  const outputs = await session.run(feedsFor(session, batch, config));
  const states = outputs['last_hidden_state'] ?? outputs['hidden_states'];
  if (!states) throw new Error('no hidden states');
  const data = floatsOf(states);
  const width = config.hidden_size;
  return batch.map((ids, row) => {
    const start = (row * length + ids.length - 1) * width;
    return unit(data.subarray(start, start + width));
  });
}

function feedsFor(
  session: InferenceSession,
  batch: readonly (readonly number[])[],
  config: QwenConfig,
): Record<string, Tensor> {
  const length = Math.max(...batch.map((ids) => ids.length));
  const values: Record<string, (ids: readonly number[], at: number) => number> = {
    // Any token will do for padding; a real one shows that it is never looked at.
    input_ids: (ids, at) => ids[at] ?? 42,
    attention_mask: (ids, at) => (at < ids.length ? 1 : 0),
    position_ids: (_, at) => at,
  };
  const past = [batch.length, config.num_key_value_heads, 0, config.head_dim];
  const feed = (name: string, type: string): Tensor => {
    const value = values[name];
    if (!value && type === 'float16') return new Tensor('float16', new Uint16Array(), past);
    if (!value) return new Tensor('float32', new Float32Array(), past);
    const filled = batch.flatMap((ids) =>
      Array.from({ length }, (_, at) => BigInt(value(ids, at))),
    );
    return new Tensor('int64', BigInt64Array.from(filled), [batch.length, length]);
  };
  const inputs = session.inputMetadata.filter((input) => input.isTensor);
  return Object.fromEntries(inputs.map(({ name, type }) => [name, feed(name, type)]));
}

/** Float16 comes as bits, or as numbers where JavaScript has a Float16Array. */
function floatsOf({ data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data;
  const values = data as ArrayLike<number>;
  return Float32Array.from(values, data instanceof Uint16Array ? fromHalfBits : Number);
}

function unit(state: Float32Array): Float32Array {
  const norm = Math.hypot(...state);
  return state.map((value) => value / norm);
}
