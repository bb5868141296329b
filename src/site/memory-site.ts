/** Files of a site in memory, as a server would give them: for tests. */

import { Shelf, SiteWriter, type SiteFiles } from './files/index.ts';
import type { SitePassage } from './passage.ts';
import { TextReader } from './text-reader.ts';
import { writeText, type TextWriterOptions } from './text-writer.ts';

/** Files that are not as they were written, or gone. */
export type Changed = ReadonlyMap<string, Uint8Array<ArrayBuffer> | undefined>;

export interface Damage {
  kind: 'missing' | 'cut' | 'flipped' | 'swapped';
  /** Where, or for which other file: any number from 0 on. */
  at: number;
}

export class MemorySite {
  readonly site: string;
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Number of each passage; none where texts are not written. */
  readonly numbers: Uint32Array;
  /** Names of what was read, in order. */
  readonly asked: string[] = [];

  constructor({ site, files }: SiteFiles, numbers: Uint32Array = new Uint32Array()) {
    this.site = site;
    this.files = new Map([...files].map(({ name, bytes }) => [name, bytes]));
    this.numbers = numbers;
  }

  /** On which nothing lies yet. */
  shelf(changed?: Changed): Shelf {
    return new Shelf(this.site, (name) => this.read(name, changed));
  }

  /** Texts of which nothing is read yet. */
  open(changed?: Changed): Promise<TextReader> {
    return TextReader.open(this.shelf(changed));
  }

  async read(name: string, changed?: Changed): Promise<Uint8Array> {
    this.asked.push(name);
    const bytes = changed?.has(name) ? changed.get(name) : this.files.get(name);
    if (!bytes) throw new Error(`404: ${name}`);
    return bytes;
  }

  damaged(name: string, { kind, at }: Damage): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.files.get(name)!;
    if (kind === 'missing') return undefined;
    if (kind === 'cut') return bytes.slice(0, at % bytes.length);
    if (kind === 'swapped') {
      const others = [...this.files.keys()].filter((other) => other !== name);
      return this.files.get(others[at % others.length]!);
    }
    const flipped = bytes.slice();
    flipped[(at >>> 3) % bytes.length]! ^= 1 << (at & 7);
    return flipped;
  }

  /** Names of the files of a kind. */
  namesOf(kind: string): string[] {
    return [...this.files.keys()].filter((name) => name.startsWith(`${this.site}/${kind}-`));
  }
}

export async function siteOf(
  passages: Iterable<SitePassage> | AsyncIterable<SitePassage>,
  options?: TextWriterOptions,
): Promise<MemorySite> {
  const site = new SiteWriter();
  const numbers = await writeText(site, passages, options);
  return new MemorySite(await site.finish(), numbers);
}
