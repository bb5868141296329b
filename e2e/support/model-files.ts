/** Model folders on disk, addressed by plain paths and by the hub's. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

export interface StoredFile {
  path: string;
  size: number;
  sha256: string;
  /** Set when the file was asked for by a hub path. */
  commit?: string;
}

/** What the hub tells of a revision with `?blobs=true`. */
export interface HubRevision {
  id: string;
  sha: string;
  siblings: { rfilename: string; size: number; lfs?: { sha256: string; size: number } }[];
}

const HUB_FILE = /^\/([^/]+)\/([^/]+)\/resolve\/([^/]+)\/(.+)$/;
const HUB_API = /^\/api\/models\/([^/]+)\/([^/]+)(?:\/revision\/([^/]+))?$/;
const PLAIN = /^\/models\/(.+)$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** The hub keeps these in git itself; everything else is in its large-file store. */
const IN_GIT = /\.(json|md|txt)$/;

/**
 * - `/{owner}/{name}/resolve/{revision}/{path}` and `/api/models/{owner}/{name}/revision/{revision}`
 *   as on the hub, where a repository is the folder `{owner}/{name}` or just `{name}`;
 * - `/models/{path}` for the plain files.
 *
 * Of revisions there are `main` and every 40-digit commit, all with the same files.
 */
export class ModelFiles {
  readonly #roots: readonly string[];
  readonly #hashes = new Map<string, { stamp: string; sha256: string }>();

  constructor(roots: readonly string[]) {
    this.#roots = roots.map((root) => resolve(root));
  }

  async file(url: string): Promise<StoredFile | undefined> {
    const plain = PLAIN.exec(url);
    if (plain) return this.#stored(await this.#find(plain[1]!));
    const hub = HUB_FILE.exec(url);
    if (!hub) return undefined;
    const [, owner = '', name = '', revision = '', path = ''] = hub;
    const folder = await this.#repository(owner, name);
    if (folder === undefined || !isRevision(revision)) return undefined;
    const file = await this.#stored(inside(folder, path));
    return file && { ...file, commit: await this.#commit(folder, revision) };
  }

  async revision(url: string): Promise<HubRevision | undefined> {
    const [matched, owner = '', name = '', revision = 'main'] = HUB_API.exec(url) ?? [];
    if (matched === undefined || !isRevision(revision)) return undefined;
    const folder = await this.#repository(owner, name);
    if (folder === undefined) return undefined;
    const siblings = await Promise.all(
      (await list(folder)).map(async (path) => {
        const file = (await this.#stored(join(folder, path)))!;
        const lfs = IN_GIT.test(path) ? undefined : { sha256: file.sha256, size: file.size };
        return { rfilename: path, size: file.size, ...(lfs && { lfs }) };
      }),
    );
    return { id: `${owner}/${name}`, sha: await this.#commit(folder, revision), siblings };
  }

  async #repository(owner: string, name: string): Promise<string | undefined> {
    const folder = (await this.#find(`${owner}/${name}`)) ?? (await this.#find(name));
    return folder !== undefined && (await stat(folder)).isDirectory() ? folder : undefined;
  }

  async #find(path: string): Promise<string | undefined> {
    for (const root of this.#roots) {
      const found = inside(root, path);
      if (found !== undefined && (await exists(found))) return found;
    }
    return undefined;
  }

  async #stored(path: string | undefined): Promise<StoredFile | undefined> {
    if (path === undefined || !(await exists(path))) return undefined;
    const { size, mtimeMs } = await stat(path);
    if ((await stat(path)).isDirectory()) return undefined;
    const stamp = `${size}:${mtimeMs}`;
    let known = this.#hashes.get(path);
    if (known?.stamp !== stamp) {
      known = { stamp, sha256: await sha256(path) };
      this.#hashes.set(path, known);
    }
    return { path, size, sha256: known.sha256 };
  }

  /** A made-up commit that changes with the folder's file names and sizes. */
  async #commit(folder: string, revision: string): Promise<string> {
    if (COMMIT.test(revision)) return revision;
    const hash = createHash('sha1');
    for (const path of await list(folder)) {
      hash.update(`${path}\0${(await stat(join(folder, path))).size}\n`);
    }
    return hash.digest('hex');
  }
}

function isRevision(name: string): boolean {
  return name === 'main' || COMMIT.test(name);
}

function inside(root: string, path: string): string | undefined {
  const full = resolve(root, path);
  return full.startsWith(root + sep) ? full : undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
