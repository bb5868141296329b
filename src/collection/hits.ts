/** From rows that were found to what a page shows. */

import { NearfieldError, type Hit, type PassageHit } from '../contract/index.ts';
import { highlight, snippet } from '../words/index.ts';
import type { Contents, ReadDocuments } from './contents.ts';
import { plainDocument } from './documents.ts';
import { prepare, type Finding } from './finding.ts';
import { rankDocuments, type FoundRow, type RankedDocument } from './ranking.ts';
import type { DocumentRecord } from './schema.ts';
import type { Place } from './table.ts';
import type { SearchRequest } from './wire.ts';

export interface Reading {
  all: ReadDocuments;
  /** Undefined when another tab has written since the contents were read. */
  some(ids: readonly string[]): Promise<(DocumentRecord | undefined)[] | undefined>;
}

/** Gives undefined where the contents are out of date. Throws `storage` where a document is damaged. */
export async function findHits(
  contents: Contents,
  request: SearchRequest,
  reading: Reading,
): Promise<Hit[] | undefined> {
  if (request.mode !== 'vector') {
    const words = await contents.words.open();
    // Without their stemmers words are found as they are written.
    await words.prepare().catch(() => undefined);
  }
  const finding = await prepare(contents, request, reading.all);
  // Another tab may have written the document that is not there.
  if (!finding) return (await reading.some([])) && [];
  const ranked = await rankDocuments(contents.table, (count) => finding.find(count), {
    ...request,
    documents: () => contents.documentsIn(finding.filter),
  });
  const records = await reading.some(ranked.map(({ id }) => id));
  return records?.map((record, i) => {
    const { id, rows } = ranked[i]!;
    const place = contents.table.place(id);
    if (!record || !place) throw damaged(id);
    return toHit({ id, rows }, record, place, finding, request.explain);
  });
}

export function toHit(
  { rows }: RankedDocument,
  record: DocumentRecord,
  place: Place,
  finding: Pick<Finding, 'mode' | 'forms' | 'explain'>,
  explain: boolean,
): Hit {
  const [best, ...more] = rows.map((found) => ({
    ...passageHit(found, record, place, finding),
    ...(explain && { explanation: finding.explain(found) }),
  }));
  if (!best) throw damaged(record.id);
  return {
    ...plainDocument(record),
    ...best,
    via: viaOf(rows[0], finding.mode),
    ...(more.length > 0 && { more }),
  };
}

function passageHit(
  { row, score, similarity }: FoundRow,
  { id, text, spans }: DocumentRecord,
  { first }: Place,
  { mode, forms }: Pick<Finding, 'mode' | 'forms'>,
): PassageHit {
  const [start, end] = spans.subarray(2 * (row - first), 2 * (row - first) + 2);
  if (start === undefined || end === undefined) throw damaged(id);
  const passage = { text: text.slice(start, end), start, end };
  // Rounding may carry the product of two unit vectors past 1.
  const within = similarity === undefined ? undefined : Math.max(-1, Math.min(1, similarity));
  return {
    score: mode === 'vector' ? (within ?? score) : score,
    ...(within !== undefined && { similarity: within }),
    passage,
    snippet: snippet(passage.text, highlight(passage.text, forms)),
  };
}

function viaOf({ bm25 = 0 }: FoundRow, mode: Finding['mode']): Hit['via'] {
  if (mode === 'lexical') return 'lexical';
  return bm25 > 0 ? 'both' : 'vector';
}

function damaged(id: string): NearfieldError {
  return new NearfieldError('storage', `The stored document "${id}" is damaged.`);
}
