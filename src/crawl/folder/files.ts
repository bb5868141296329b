/** The files of a folder that a crawl reads, in one order whatever the file system's. */

import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { messageOf, throwIfAborted } from '../../contract/index.ts';
import type { Problem } from '../page.ts';
import { kindOf } from '../kind.ts';
import type { CheckedOptions } from './options.ts';

/** Below a folder, with '/', in the order of their bytes in UTF-8. */
export interface Listing {
  paths: string[];
  problems: Problem[];
}

/**
 * Walks a folder, without hidden entries and `node_modules`. Every folder is read once, by its own
 * path and no link's. Links to files are followed to those of the folder that the same rules let in.
 *
 * @param root as `realpath` gives it
 */
export async function listFiles(root: string, options: CheckedOptions): Promise<Listing> {
  const walk = new Walk(root, options);
  await walk.all();
  const problems = walk.problems.sort((a, b) => byBytes(a.path, b.path));
  return { paths: walk.files.sort(byBytes), problems };
}

class Walk {
  readonly files: string[] = [];
  readonly problems: Problem[] = [];
  readonly #root: string;
  readonly #options: CheckedOptions;

  constructor(root: string, options: CheckedOptions) {
    this.#root = root;
    this.#options = options;
  }

  async all(): Promise<void> {
    const open = [''];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      const path = folder;
      await this.#guarded(path, async () => {
        for (const inner of await this.#folder(path)) open.push(inner);
      });
    }
  }

  /** Takes a folder's files and links, and gives its folders. */
  async #folder(folder: string): Promise<string[]> {
    throwIfAborted(this.#options.signal);
    const folders: string[] = [];
    for (const entry of await readdir(this.#at(folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (this.#isLeftOut(path, entry.name)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isSymbolicLink()) await this.#guarded(path, async () => this.#link(path));
      else if (entry.isFile()) this.#file(path);
    }
    return folders;
  }

  async #link(path: string): Promise<void> {
    const real = await realpath(this.#at(path));
    if (real !== this.#root && !real.startsWith(this.#root + sep)) {
      return this.#report(path, 'outside', `It is a link out of the folder, to ${real}.`);
    }
    if (this.#leadsToLeftOut(real)) return;
    if ((await stat(real)).isFile()) this.#file(path);
  }

  /** By any name on the way, as if the walk had come to it. */
  #leadsToLeftOut(real: string): boolean {
    const names = relative(this.#root, real).split(sep);
    return names.some((name, i) => this.#isLeftOut(names.slice(0, i + 1).join('/'), name));
  }

  /** Pipes, sockets and devices never come here: reading them may never end. */
  #file(path: string): void {
    const { isIncluded, isFeed } = this.#options;
    const kind = kindOf(path);
    const isPage = isIncluded ? isIncluded(path) : kind === 'html' || kind === 'markdown';
    if (isPage || isFeed(path)) this.files.push(path);
  }

  #isLeftOut(path: string, name: string): boolean {
    return name.startsWith('.') || name === 'node_modules' || this.#options.isExcluded(path);
  }

  /** What the file system refuses is a problem of one entry. */
  async #guarded(path: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throwIfAborted(this.#options.signal);
      this.#report(path, 'unreadable', `It could not be read: ${messageOf(error)}.`);
    }
  }

  #report(path: string, code: Problem['code'], message: string): void {
    this.problems.push({ path, code, message });
  }

  #at(path: string): string {
    return join(this.#root, ...path.split('/'));
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
