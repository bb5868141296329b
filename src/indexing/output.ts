/**
 * A build's files to its folder, so that a site that is served meanwhile never lacks any: files of the
 * new build first, then the manifest that names it, then builds go that nobody asks for any more.
 */

import {
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { messageOf, NearfieldError, throwIfAborted } from '../contract/index.ts';
import type { BuiltSite, SiteFile } from '../site/index.ts';

const MANIFEST = 'nearfield.json';
/** Names of builds, and of what is in them; nothing else is ever removed. */
const BUILD = /^[0-9a-f]{16}$/;
const FILE = /^[a-z]+-\d+\.bin(\.tmp)?$/;

export interface Output {
  /** Absolute. */
  path: string;
  /** Globs of it for the crawl, which must not read it; none where it lies elsewhere. */
  exclude: string[];
  /** Name of the build that is there now. */
  former: string | undefined;
}

export interface Written {
  files: number;
  bytes: number;
  removed: string[];
}

/**
 * Looks at the folder that an index is to be written to. Throws `bad-input` where it is the site's
 * own, a file, or has another `nearfield.json` than an index's.
 */
export async function openOutput(dir: string, out: string | undefined): Promise<Output> {
  const root = await rootOf(dir);
  const path = resolve(out ?? join(root, 'nearfield'));
  const real = await realPath(path);
  if (real === root) throw bad(path, 'it is the folder of the site itself; name one in it');
  const inside = relative(root, real);
  const isInside = inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`);
  const glob = escaped(inside.split(sep).join('/'));
  const former = await formerBuild(path);
  return { path, exclude: isInside ? [glob, `${glob}/**`] : [], former };
}

/** Throws `storage`, `aborted`; the former index is there as it was until the last moment. */
export async function writeOutput(
  { path, former }: Output,
  { site, files, manifest }: BuiltSite,
  { signal, onFile }: { signal: AbortSignal | undefined; onFile: (written: Written) => void },
): Promise<Written> {
  const isNew = !(await exists(join(path, site)));
  const written: Written = { files: 0, bytes: 0, removed: [] };
  const put = async (file: SiteFile): Promise<void> => {
    await putFile(join(path, file.name), file.bytes);
    written.files++;
    written.bytes += file.bytes.length;
    onFile(written);
  };
  try {
    await mkdir(join(path, site), { recursive: true });
    for (const file of files) {
      throwIfAborted(signal);
      await put(file);
    }
    throwIfAborted(signal);
    await put(manifest);
  } catch (error) {
    if (isNew) await removeBuild(join(path, site));
    if (error instanceof NearfieldError) throw error;
    throw new NearfieldError('storage', `${path} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
  // Where nothing changed, the one before the last is still the one that was replaced.
  if (former !== site) written.removed = await removeOthers(path, [site, former]);
  return written;
}

async function rootOf(dir: string): Promise<string> {
  try {
    const real = await realpath(dir);
    return (await stat(real)).isDirectory() ? real : dirname(real);
  } catch (cause) {
    const message = `dir: expected the folder of a built site, but ${messageOf(cause)}.`;
    throw new NearfieldError('bad-input', message, { cause });
  }
}

/** As far as it exists, by its own names and no links'. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await realPath(above), basename(path));
  }
}

/** Undefined where there is none. */
async function formerBuild(path: string): Promise<string | undefined> {
  if (!(await exists(path))) return undefined;
  if (!(await stat(path)).isDirectory()) throw bad(path, 'it is a file');
  const manifest = join(path, MANIFEST);
  if (!(await exists(manifest))) return undefined;
  const site = siteIn(await readFile(manifest, 'utf8'));
  if (site !== undefined) return site;
  throw bad(path, `its ${MANIFEST} is of something else`);
}

function siteIn(manifest: string): string | undefined {
  try {
    const { nearfield, site } = JSON.parse(manifest) as { nearfield?: unknown; site?: unknown };
    return nearfield !== undefined && typeof site === 'string' && BUILD.test(site)
      ? site
      : undefined;
  } catch {
    return undefined;
  }
}

/** A file that is there as it should be stays untouched, with its time. */
async function putFile(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined);
  if (there && Buffer.compare(there, bytes) === 0) return;
  await writeFile(`${path}.tmp`, bytes);
  await rename(`${path}.tmp`, path);
}

async function removeOthers(
  path: string,
  kept: readonly (string | undefined)[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() || !BUILD.test(entry.name) || kept.includes(entry.name)) continue;
    if (await removeBuild(join(path, entry.name))) removed.push(entry.name);
  }
  return removed.sort();
}

/** A folder of our files and no others; says whether it was one and is gone. */
async function removeBuild(folder: string): Promise<boolean> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    if (!entries.every((entry) => entry.isFile() && FILE.test(entry.name))) return false;
    await Promise.all(entries.map(({ name }) => rm(join(folder, name))));
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A path as a glob that means only itself. */
function escaped(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|^$#]/g, '\\$&');
}

function bad(path: string, why: string): NearfieldError {
  return new NearfieldError('bad-input', `out: the index cannot be written to ${path}: ${why}.`);
}
