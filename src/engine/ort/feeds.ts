import type { Tensor, InferenceSession } from 'onnxruntime-web';
import { NearfieldError, type ModelSpec } from '../../contract/index.ts';
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

/** `keyValue` of a ModelSpec. */
export type KeyValueShape = NonNullable<ModelSpec['keyValue']>;

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
  session: Pick<InferenceSession, 'inputMetadata'>,
  batch: PaddedBatch,
  keyValue?: KeyValueShape,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  session.inputMetadata.forEach((input) => {
    if (!input.isTensor) throw unknownInput(input.name);
    const fill = FILLS[input.name];
    if (fill) feeds[input.name] = tokenTensor(ort, input, batch, fill);
    else if (input.name.startsWith('past_') && input.type.startsWith('float')) {
      feeds[input.name] = emptyPast(ort, input, batch.rows, keyValue);
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

/**
 * [batch, heads, 0, head size]. Heads and head size are the graph's own numbers; where it has names
 * for them instead (onnxruntime-genai's builder does), they come from the model's configuration.
 */
function emptyPast(
  ort: OrtModule,
  input: Metadata,
  rows: number,
  keyValue: KeyValueShape | undefined,
): Tensor {
  const [, heads, , headSize] = input.shape;
  const shape = [rows, fixed(heads) ?? keyValue?.heads, 0, fixed(headSize) ?? keyValue?.headSize];
  if (input.shape.length !== 4 || shape.includes(undefined)) {
    throw new NearfieldError(
      'unsupported-model',
      `${input.name}: expected [batch, heads, past, head size] with known sizes, got [${input.shape.join(', ')}].`,
    );
  }
  const dims = shape as number[];
  if (input.type === 'float16') return new ort.Tensor('float16', new Uint16Array(0), dims);
  return new ort.Tensor('float32', new Float32Array(0), dims);
}

function fixed(size: number | string | undefined): number | undefined {
  return typeof size === 'number' && size > 0 ? size : undefined;
}

function unknownInput(name: string): NearfieldError {
  return new NearfieldError(
    'unsupported-model',
    `The model asks for an input "${name}", which no text-embedding model is known to need.`,
  );
}
