import type { Tensor, InferenceSession } from 'onnxruntime-web';
import { NearfieldError } from '../../contract/index.ts';
import type { OrtModule } from './load.ts';

/** A right-padded batch. */
export interface PaddedBatch {
  rows: number;
  /** Longest row. */
  tokens: number;
  ids: readonly (readonly number[])[];
}

export function padBatch(ids: PaddedBatch['ids']): PaddedBatch {
  return { ids, rows: ids.length, tokens: Math.max(...ids.map((row) => row.length)) };
}

type Metadata = InferenceSession.TensorValueMetadata;

/** Value of row `row`, token `token`; `length` is the row's own. */
type Fill = (row: number, token: number, length: number, id: number) => number;

/** Inputs that models of sentence embeddings ask for; pads are zeros, which no mask lets through. */
const FILLS: Readonly<Record<string, Fill>> = {
  input_ids: (_row, token, length, id) => (token < length ? id : 0),
  attention_mask: (_row, token, length) => (token < length ? 1 : 0),
  position_ids: (_row, token) => token,
  token_type_ids: () => 0,
};

/**
 * Every input that the session names, by its own metadata: token inputs are filled, the past of
 * decoder exports is fed empty. Throws `unsupported-model` for an input nobody knows.
 */
export function makeFeeds(
  ort: OrtModule,
  session: InferenceSession,
  batch: PaddedBatch,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  session.inputMetadata.forEach((input) => {
    if (!input.isTensor) throw unknownInput(input.name);
    const fill = FILLS[input.name];
    if (fill) feeds[input.name] = tokenTensor(ort, input, batch, fill);
    else if (/^past_key_values\.|^past_/.test(input.name)) {
      feeds[input.name] = emptyPast(ort, input, batch.rows);
    } else throw unknownInput(input.name);
  });
  return feeds;
}

function tokenTensor(ort: OrtModule, input: Metadata, batch: PaddedBatch, fill: Fill): Tensor {
  const { rows, tokens, ids } = batch;
  const values = new Int32Array(rows * tokens);
  for (let row = 0; row < rows; row++) {
    const own = ids[row] ?? [];
    for (let token = 0; token < tokens; token++) {
      values[row * tokens + token] = fill(row, token, own.length, own[token] ?? 0);
    }
  }
  if (input.type === 'int32') return new ort.Tensor('int32', values, [rows, tokens]);
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [rows, tokens]);
}

/** [batch, heads, 0, head size]: the metadata has numbers for heads and head size only. */
function emptyPast(ort: OrtModule, input: Metadata, rows: number): Tensor {
  const symbols = input.shape.map((size) => typeof size !== 'number' || size < 0);
  const batchAt = symbols.indexOf(true);
  const shape = input.shape.map((size, i) =>
    i === batchAt ? rows : symbols[i] ? 0 : (size as number),
  );
  if (input.type === 'float16') return new ort.Tensor('float16', new Uint16Array(0), shape);
  return new ort.Tensor('float32', new Float32Array(0), shape);
}

function unknownInput(name: string): NearfieldError {
  return new NearfieldError(
    'unsupported-model',
    `The model asks for an input "${name}", which no text-embedding model is known to need.`,
  );
}
