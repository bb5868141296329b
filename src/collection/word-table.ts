import { LexicalIndex, type WordRow } from '../words/index.ts';
import { passageInput } from './passages.ts';
import type { Owner } from './table.ts';
import type { CutDocument } from './wire.ts';

/** What a commit has to store for the disk to equal the index. */
export interface WordWrites {
  /** Segments by their place. */
  put: [place: number, segment: Uint8Array<ArrayBuffer>][];
  /** How many there are now: those from this place on are gone. */
  count: number;
}

/** The words of a collection's rows, by the rows' numbers in its table. */
export class WordTable {
  readonly index: LexicalIndex;
  /** As they are on the disk, by place. */
  #stored: Uint8Array[];

  /** @param segments as they are stored. @default none. Throws `storage` where one is damaged */
  constructor(segments: readonly Uint8Array[] = [], owners: readonly Owner[] = []) {
    const removed = owners.flatMap((owner, row) => (owner === null ? [row] : []));
    this.index = LexicalIndex.from(segments, removed);
    this.#stored = [...segments];
  }

  /** Adds rows whose numbers rise. Without their stemmers they are found by words as they are written. */
  async add(rows: readonly WordRow[]): Promise<void> {
    await this.index.prepare(rows).catch(() => undefined);
    this.index.add(rows);
  }

  takeWrites(): WordWrites {
    const segments = this.index.segments();
    const changed = segments.flatMap((segment, place): WordWrites['put'] =>
      segment === this.#stored[place] ? [] : [[place, segment]],
    );
    this.#stored = segments;
    return { put: changed, count: segments.length };
  }
}

/** What the index of words is given for a document's passages, the first of them row `first`. */
export function wordRows({ document, spans }: CutDocument, first: number): WordRow[] {
  const { text, title, language } = document;
  return Array.from({ length: spans.length / 2 }, (_, i) => ({
    row: first + i,
    text: passageInput(text.slice(spans[2 * i], spans[2 * i + 1]), title),
    language,
  }));
}
