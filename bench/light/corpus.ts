/** What a light encoder is fitted to and asked in the benchmark: WordNet, as wordnet/splits.ts divides it. */

import { readFileSync } from 'node:fs';
import type { KnownTexts } from '../../src/light/fit.ts';
import { wordnetSenses } from '../../tools/recall/senses.ts';
import { randomOf } from '../../src/light/random.ts';
import { exampleOf, glossOf, sensesOf } from '../wordnet/splits.ts';
import { readList, WIDTH } from '../wordnet/vectors.ts';
import { senseTasks, type Split, type Task } from '../words/tasks.ts';

const TOKENIZER = new URL('../../public/models/starter/tokenizer.json', import.meta.url);

export function starterTokenizer(): unknown {
  return JSON.parse(readFileSync(TOKENIZER, 'utf8'));
}

/** Glosses by chance, of senses that no test and no tuning asks for. */
export function passagesToFit(count: number): KnownTexts {
  const senses = wordnetSenses();
  const asked = new Set([...sensesOf('test'), ...sensesOf('train')].map(({ id }) => id));
  const random = randomOf(7);
  const rows = [...senses.keys()]
    .filter((row) => !asked.has(senses[row]!.id))
    .map((row) => ({ row, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ row }) => row);
  return {
    texts: rows.map((row) => glossOf(senses[row]!)),
    vectors: rowsOf(readList('glosses'), rows),
  };
}

/** Definitions and examples of the senses for it, as queries: 10,000. */
export function queriesToFit(): KnownTexts {
  const senses = sensesOf('fit');
  const parts = [readList('definitions', 'fit'), readList('examples', 'fit')] as const;
  const vectors = new Float32Array(parts[0].length + parts[1].length);
  vectors.set(parts[0]);
  vectors.set(parts[1], parts[0].length);
  return {
    texts: [...senses.map(({ definition }) => definition), ...senses.map(exampleOf)],
    vectors,
  };
}

/** `rev` and `ex`, with the model's vectors of queries. */
export function lightTasks(split: Split): Task[] {
  const places = new Map(wordnetSenses().map(({ id }, row) => [id, row]));
  const rows = sensesOf(split).map(({ id }) => places.get(id)!);
  const vectors = [
    { documentVectors: readList('names', split), queryVectors: readList('definitions', split) },
    {
      documentVectors: rowsOf(readList('glosses'), rows),
      queryVectors: readList('examples', split),
    },
  ];
  return senseTasks(split).map((task, i) => ({ ...task, ...vectors[i]! }));
}

function rowsOf(data: Float32Array, rows: readonly number[]): Float32Array {
  const out = new Float32Array(rows.length * WIDTH);
  for (const [i, row] of rows.entries()) {
    out.set(data.subarray(row * WIDTH, (row + 1) * WIDTH), i * WIDTH);
  }
  return out;
}
