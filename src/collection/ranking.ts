import { dot } from '../vectors/index.ts';
import type { Table } from './table.ts';

/** A row that was found, with what it is ranked by. */
export interface FoundRow {
  row: number;
  score: number;
  /** Cosine similarity to the question. Absent where meaning was not asked. */
  similarity?: number;
  /** BM25. Absent where words were not asked. */
  bm25?: number;
}

export interface FoundRows {
  /** Best first. */
  rows: readonly FoundRow[];
  /** There are no more that could be found. */
  isAll: boolean;
}

export interface RankedDocument {
  id: string;
  /** Its best rows, best first, at least one. */
  rows: readonly [FoundRow, ...FoundRow[]];
}

export interface RankingOptions {
  /** Most documents. */
  limit: number;
  /** Most rows of a document. */
  passages: number;
  /**
   * Counts the documents that there are to find: no more rows are asked for when all of them are
   * found. Asked only where fewer than `limit` were.
   */
  documents: () => number;
  /** Cosine similarity to a better document's best row from which on a document is left out. */
  distinct?: number | undefined;
}

/** Rows asked for at first, per document wanted. */
const ROWS_PER_DOCUMENT = 4;

/**
 * The `limit` documents whose best rows rank highest, best first. Asks for more rows until enough
 * documents are among them: many may be of one long document.
 *
 * @param find gives the best rows
 */
export async function rankDocuments(
  table: Table,
  find: (count: number) => Promise<FoundRows>,
  { limit, passages, documents: countAll, distinct }: RankingOptions,
): Promise<RankedDocument[]> {
  let most: number | undefined;
  for (let count = limit * (ROWS_PER_DOCUMENT + passages - 1); ; count *= 4) {
    const { rows, isAll } = await find(count);
    const documents = grouped(table, rows, passages);
    const chosen =
      distinct === undefined
        ? documents.slice(0, limit)
        : await distinctOf(table, documents, limit, distinct);
    if (chosen.length === limit || isAll) return chosen;
    most ??= countAll();
    if (documents.length >= most) return chosen;
  }
}

function grouped(table: Table, rows: readonly FoundRow[], passages: number): RankedDocument[] {
  const documents = new Map<string, [FoundRow, ...FoundRow[]]>();
  for (const found of rows) {
    const id = table.owner(found.row);
    if (id === null) continue;
    const before = documents.get(id);
    if (!before) documents.set(id, [found]);
    else if (before.length < passages) before.push(found);
  }
  return Array.from(documents, ([id, found]) => ({ id, rows: found }));
}

async function distinctOf(
  table: Table,
  documents: readonly RankedDocument[],
  limit: number,
  most: number,
): Promise<RankedDocument[]> {
  const chosen: RankedDocument[] = [];
  const vectors: Float32Array[] = [];
  for (const document of documents) {
    if (chosen.length === limit) break;
    const vector = await table.vectorsOf({ first: document.rows[0].row, count: 1 });
    if (vectors.some((better) => dot(better, vector, 0) >= most)) continue;
    chosen.push(document);
    vectors.push(vector);
  }
  return chosen;
}
