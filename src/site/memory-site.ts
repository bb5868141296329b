/** Files of a site in memory, as a server would give them: for tests. */

import type { SitePassage } from './passage.ts';
import { TextReader } from './text-reader.ts';
import { writeText, type TextFiles, type TextWriterOptions } from './text-writer.ts';

export class MemorySite {
  readonly site: string;
  readonly numbers: Uint32Array;
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** Names of what was read, in order. */
  readonly asked: string[] = [];

  constructor({ site, numbers, files }: TextFiles) {
    this.site = site;
    this.numbers = numbers;
    this.files = new Map([...files].map(({ name, bytes }) => [name, bytes]));
  }

  /** Who has read nothing yet. */
  open(): Promise<TextReader> {
    return TextReader.open(this.site, (name) => this.read(name));
  }

  async read(name: string): Promise<Uint8Array> {
    this.asked.push(name);
    const bytes = this.files.get(name);
    if (!bytes) throw new Error(`404: ${name}`);
    return bytes;
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
  return new MemorySite(await writeText(passages, options));
}
