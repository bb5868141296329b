/** Token ids to the rows that a pass starts from: what the model's tables hold for them. */

import { throwIfAborted } from '../../contract/index.ts';
import type { BertModel, NativeModel } from './graph/model.ts';
import { FLOAT, type EngineMemory } from './memory.ts';
import type { PackedModel } from './packed.ts';
import type { PassJob } from './pass.ts';
import { pooledRow } from './pass.ts';
import type { Sources } from './source.ts';
import { RowTable } from './table.ts';

/** Looked up at a time: few are in memory beside where they belong, and an abort is heard in between. */
const ROWS_AT_A_TIME = 1024;

/** What tokens are looked up in. */
export interface Tables {
  words: RowTable;
  /** Longest sequence that the model can take. */
  positions: number;
  /** What is added to the token at each position, where the model learnt that. */
  places?: { table: RowTable; offset: number; added: Float32Array | undefined };
}

/** Throws `bad-model` where a file ends too early. */
export async function openTables(model: NativeModel, sources: Sources): Promise<Tables> {
  if (model.family === 'qwen3') {
    const words = await RowTable.open(model.embedding, sources);
    return { words, positions: model.rope.positions };
  }
  const [words, table, added] = await Promise.all([
    RowTable.open(model.wordTable, sources),
    RowTable.open(model.positionTable, sources),
    firstType(model, sources),
  ]);
  const { positions, positionOffset: offset } = model;
  return { words, positions, places: { table, offset, added } };
}

async function firstType(
  { typeTable }: BertModel,
  sources: Sources,
): Promise<Float32Array | undefined> {
  if (!typeTable) return undefined;
  let first: Float32Array | undefined;
  await (await RowTable.open(typeTable, sources)).gather([0], (_, row) => (first = row));
  return first;
}

/**
 * Writes rows [first, rows) of x, and every row's position. Throws `bad-model` for unknown tokens,
 * `aborted`.
 */
export async function embedTokens(
  { words, places }: Tables,
  { memory }: EngineMemory,
  { hidden }: PackedModel,
  job: PassJob,
  batch: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<void> {
  const { rows, first, areas } = job;
  const tokens = tokensOf(job, batch);
  const positions = new Int32Array(memory.buffer, areas.positions, rows);
  positions.set(tokens.map(({ position }) => position));
  const pooled = new Int32Array(memory.buffer, areas.pooledPositions, batch.length);
  pooled.set(batch.map((_, text) => positions[pooledRow(job, text)]!));

  const computed = tokens.slice(first);
  for (let from = 0; from < computed.length; from += ROWS_AT_A_TIME) {
    throwIfAborted(signal);
    const some = computed.slice(from, from + ROWS_AT_A_TIME);
    // A view of its own for each row: memory that is not shared moves when another run makes it grow.
    const rowAt = (i: number): Float32Array =>
      new Float32Array(memory.buffer, areas.x + (first + from + i) * hidden * FLOAT, hidden);
    await words.gather(
      some.map(({ id }) => id),
      (i, row) => {
        rowAt(i).set(row);
      },
    );
    if (places) await addPlaces(places, some, rowAt);
  }
}

async function addPlaces(
  { table, offset, added }: NonNullable<Tables['places']>,
  tokens: readonly Token[],
  rowAt: (i: number) => Float32Array,
): Promise<void> {
  await table.gather(
    tokens.map(({ position }) => position + offset),
    (i, row) => {
      const floats = rowAt(i);
      for (let j = 0; j < floats.length; j++) floats[j]! += row[j]! + (added?.[j] ?? 0);
    },
  );
}

interface Token {
  id: number;
  position: number;
}

/** Every row's token: the shared prefix, then each text's own. */
function tokensOf({ prefix }: PassJob, batch: readonly (readonly number[])[]): Token[] {
  const [shared = []] = batch;
  const number = (ids: readonly number[], from: number): Token[] =>
    ids.map((id, i) => ({ id, position: from + i }));
  return [
    ...number(shared.slice(0, prefix), 0),
    ...batch.flatMap((ids) => number(ids.slice(prefix), prefix)),
  ];
}
