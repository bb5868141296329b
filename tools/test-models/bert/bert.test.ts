import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, it } from 'vitest';
import { writeTestModels } from '../index.ts';
import { BERT, BERT_NAMES, MAX_TOKENS, RECIPES } from './config.ts';
import { bertGolden, type BertRow } from './golden.ts';
import { bertStates } from './reference.ts';
import { idOf } from './vocabulary.ts';

let paths: Awaited<ReturnType<typeof writeTestModels>>;

beforeAll(async () => {
  paths = await writeTestModels();
}, 60_000);

it('spells texts as the tokenizers library does', async () => {
  const folder = paths['bert-seeded-cls'];
  const read = async (name: string): Promise<object> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
  const tokenizer = new Tokenizer(
    await read('tokenizer.json'),
    await read('tokenizer_config.json'),
  );
  for (const { text, ids } of bertGolden('bert-seeded-cls')) {
    const whole = tokenizer.encode(text).ids;
    const cut = [...whole.slice(0, Math.min(whole.length, MAX_TOKENS) - 1), idOf('[SEP]')];
    expect(ids).toEqual(cut);
  }
});

it('the texts try what they should', () => {
  const rows = bertGolden('bert-seeded-mean');
  const lengths = rows.map(({ ids }) => ids.length);
  expect(Math.max(...lengths)).toBe(MAX_TOKENS);
  expect(lengths.filter((length) => length > 40).length).toBeGreaterThanOrEqual(2);
  expect(rows.some(({ ids }) => ids.includes(idOf('[UNK]')))).toBe(true);
  expect(new Set(rows.map(({ kind }) => kind)).size).toBe(2);
});

it('pooled one way or the other, and with a prompt or without, a text has different vectors', () => {
  const [cls, mean] = BERT_NAMES.map((name) => bertGolden(name));
  cls?.forEach(({ vector }, i) => {
    expect(cosine(vector, mean?.[i]?.vector ?? [])).toBeLessThan(0.95);
  });
  const letters = mean?.filter(({ name }) => name.endsWith('letter')).map(({ vector }) => vector);
  expect(letters).toHaveLength(2);
  expect(cosine(letters?.[0] ?? [], letters?.[1] ?? [])).toBeLessThan(0.995);
});

it.each(BERT_NAMES)('%s gives the reference states in a padded batch', async (name) => {
  const session = await InferenceSession.create(join(paths[name], 'onnx/model.onnx'));
  expect(session.inputNames).toContain('token_type_ids');
  const rows = bertGolden(name);
  const { output, activation } = RECIPES[name];
  const states = await run(session, rows, output);
  rows.forEach(({ ids }, row) => {
    bertStates(ids, activation).forEach((state, token) => {
      state.forEach((value, i) => {
        expect(Math.abs(value - (states(row, token)[i] ?? NaN))).toBeLessThan(2e-5);
      });
    });
  });
  await session.release();
});

/** All rows as one batch; gives the state of a token of a row. */
async function run(session: InferenceSession, rows: readonly BertRow[], output: string) {
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const tensor = (value: (ids: number[], at: number) => number): Tensor => {
    const values = rows.flatMap(({ ids }) =>
      Array.from({ length }, (_, at) => BigInt(value(ids, at))),
    );
    return new Tensor('int64', BigInt64Array.from(values), [rows.length, length]);
  };
  const outputs = await session.run({
    // Any token will do for padding; a real one shows that it is never looked at.
    input_ids: tensor((ids, at) => ids[at] ?? 7),
    attention_mask: tensor((ids, at) => (at < ids.length ? 1 : 0)),
    token_type_ids: tensor(() => 0),
  });
  const data = outputs[output]?.data as Float32Array;
  return (row: number, token: number): Float32Array => {
    const start = (row * length + token) * BERT.hidden;
    return data.subarray(start, start + BERT.hidden);
  };
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
