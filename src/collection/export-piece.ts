/** What an export takes of a collection at once. */

import { NearfieldError } from '../contract/index.ts';
import { plainDocument } from './documents.ts';
import { joined } from './joined.ts';
import type { DocumentRecord } from './schema.ts';
import type { Table } from './table.ts';
import type { CutDocument, ExportPiece } from './wire.ts';

/** A piece ends with the documents that bring it to this; what is large by itself goes alone. */
const PIECE_DOCUMENTS = 256;
const PIECE_BYTES = 4 * 1024 * 1024;
/** Documents that are read before their size is known. */
const READ_BATCH = 16;

/** Gives the documents of one generation; undefined when that is not the stored one. */
type ReadDocuments = (
  ids: readonly string[],
) => Promise<(DocumentRecord | undefined)[] | undefined>;

/** Undefined when another generation is stored. @param from the first row that is looked at */
export async function readPiece(
  table: Table,
  from: number,
  read: ReadDocuments,
): Promise<ExportPiece | undefined> {
  const documents: CutDocument[] = [];
  const vectors: Float32Array[] = [];
  let next = from;
  for (let bytes = 0; bytes < PIECE_BYTES && documents.length < PIECE_DOCUMENTS;) {
    const { ids, end } = idsFrom(table, next);
    next = end;
    const records = await read(ids);
    if (!records) return undefined;
    if (records.length === 0) break;
    for (const [i, record] of records.entries()) {
      const place = table.place(ids[i]!);
      if (!record || !place) throw damaged(ids[i]!);
      const rows = await table.vectorsOf(place);
      documents.push({ document: plainDocument(record), spans: record.spans });
      vectors.push(rows);
      bytes += 2 * record.text.length + rows.byteLength;
    }
  }
  const piece = { documents, vectors: joined(vectors) };
  return next < table.index.rows ? { ...piece, next } : piece;
}

export function changedMeanwhile(name: string): NearfieldError {
  return new NearfieldError(
    'changed',
    `The collection "${name}" was written to while it was exported, and an export holds one state ` +
      'of it: export it again.',
  );
}

/** Some documents from a row on, in the order of their rows, and the row behind them. */
function idsFrom(table: Table, from: number): { ids: string[]; end: number } {
  const ids: string[] = [];
  let row = from;
  while (row < table.index.rows && ids.length < READ_BATCH) {
    const owner = table.owner(row);
    if (owner === null) row++;
    else {
      ids.push(owner);
      row += table.place(owner)?.count ?? 1;
    }
  }
  return { ids, end: row };
}

function damaged(id: string): NearfieldError {
  return new NearfieldError(
    'storage',
    `The document "${id}" has rows and is not stored: the collection is damaged. Delete and make it anew.`,
  );
}
