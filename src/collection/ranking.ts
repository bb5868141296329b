import { NearfieldError, type Hit } from '../contract/index.ts';
import { plainDocument } from './documents.ts';
import type { DocumentRecord } from './schema.ts';
import type { Table } from './table.ts';

export interface RankedDocument {
  id: string;
  score: number;
  /** Which of its passages is the best. */
  passage: number;
}

/** Rows asked for at first, per document wanted. */
const ROWS_PER_DOCUMENT = 4;

/**
 * The `limit` documents whose best passages score highest, best first; ties by age of the row.
 * Asks for more rows until enough documents are among them: many may be of one long document.
 */
export async function rankDocuments(
  table: Table,
  query: Float32Array,
  limit: number,
  minScore?: number,
): Promise<RankedDocument[]> {
  for (let k = limit * ROWS_PER_DOCUMENT; ; k *= 4) {
    const { rows, scores } = await table.index.search(
      query,
      k,
      minScore === undefined ? {} : { minScore },
    );
    const best = new Map<string, RankedDocument>();
    for (const [i, row] of rows.entries()) {
      const id = table.owner(row);
      if (id === null || best.has(id)) continue;
      const passage = row - (table.place(id)?.first ?? row);
      best.set(id, { id, score: scores[i] ?? 0, passage });
      if (best.size === limit) break;
    }
    if (best.size === limit || rows.length < k) return [...best.values()];
  }
}

export function toHit(ranked: RankedDocument, record: DocumentRecord | undefined): Hit {
  const start = record?.spans[2 * ranked.passage];
  const end = record?.spans[2 * ranked.passage + 1];
  if (!record || start === undefined || end === undefined) {
    throw new NearfieldError('storage', `The stored document "${ranked.id}" is damaged.`);
  }
  return {
    ...plainDocument(record),
    // Rounding may carry the product of two unit vectors past 1.
    score: Math.max(-1, Math.min(1, ranked.score)),
    passage: { text: record.text.slice(start, end), start, end },
    via: 'vector',
  };
}
