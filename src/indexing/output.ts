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
import { beginsAs, fileName, isFileName, type BuiltSite, type SiteFile } from '../site/index.ts';

const MANIFEST = 'nearfield.json';
/** Names of builds; folders of others are never removed. */
const BUILD = /^[0-9a-f]{16}$/;
/** What a process that was killed left of a file. */
const LEFT = /\.\d+\.tmp$/;
/** By which a folder shows that it is a build. */
const ROOT = { kind: 'root', number: 0 } as const;

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

/** What is told of writing. What these throw ends the writing, and comes out as it is. */
export interface OutputOptions {
  signal: AbortSignal | undefined;
  onFile: (written: Written) => void;
  onWarning: (message: string) => void;
}

/** Throws `storage`, `aborted`; the former index is there as it was until the last moment. */
export async function writeOutput(
  { path, former }: Output,
  { site, files, manifest }: BuiltSite,
  { signal, onFile, onWarning }: OutputOptions,
): Promise<Written> {
  const written: Written = { files: 0, bytes: 0, removed: [] };
  const created: string[] = [];
  const tell = ({ bytes }: SiteFile): void => {
    written.files++;
    written.bytes += bytes.length;
    onFile(written);
  };
  try {
    await makeFolder(join(path, site));
    for (const file of files) {
      throwIfAborted(signal);
      const target = join(path, file.name);
      if (await putFile(target, file.bytes)) created.push(target);
      tell(file);
    }
    throwIfAborted(signal);
    await putFile(join(path, manifest.name), manifest.bytes);
  } catch (error) {
    await takeBack(path, site, created);
    throw error;
  }
  // From here on the manifest names this build: nothing takes it back any more.
  tell(manifest);
  // Where nothing changed, the one before the last is still the one that was replaced.
  if (former !== site) {
    written.removed = await removeOthers(path, [site, former]).catch((error: unknown) => {
      onWarning(`Former builds in ${path} could not be removed: ${messageOf(error)}.`);
      return [];
    });
  }
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
  const text = await readFile(manifest, 'utf8').catch((error: unknown) => {
    throw bad(path, `its ${MANIFEST} cannot be read (${messageOf(error)})`);
  });
  const site = siteIn(text);
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

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw storageError(path, cause);
  }
}

/**
 * A file that is there as it should be stays untouched, with its time. Throws `storage`.
 *
 * @returns whether there was none before
 */
async function putFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const there = await readFile(path).catch(() => undefined);
  if (there && Buffer.compare(there, bytes) === 0) return false;
  // Another process may be writing the same index.
  const partial = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(partial, bytes);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw storageError(path, cause);
  }
  return there === undefined;
}

/** Removes what a run that failed has added, unless another one has published the same build. */
async function takeBack(path: string, site: string, created: readonly string[]): Promise<void> {
  const manifest = await readFile(join(path, MANIFEST), 'utf8').catch(() => '');
  if (siteIn(manifest) === site) return;
  await Promise.all(created.map((file) => rm(file, { force: true }).catch(() => undefined)));
  // Stays where somebody else has put something there.
  await rmdir(join(path, site)).catch(() => undefined);
}

async function removeOthers(
  path: string,
  kept: readonly (string | undefined)[],
): Promise<string[]> {
  const removed: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() || !BUILD.test(entry.name) || kept.includes(entry.name)) continue;
    if (await removeBuild(path, entry.name)) removed.push(entry.name);
  }
  return removed.sort();
}

/** Removes a folder that is a build, with nothing else in it; says whether it was one and is gone. */
async function removeBuild(path: string, site: string): Promise<boolean> {
  const folder = join(path, site);
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const isOurs = entries.every(
      (entry) => entry.isFile() && isFileName(entry.name.replace(LEFT, '')),
    );
    if (!isOurs || !beginsAs(await readFile(join(path, fileName(site, ROOT))), site, ROOT))
      return false;
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

function storageError(path: string, cause: unknown): NearfieldError {
  const message = `${path} cannot be written: ${messageOf(cause)}`;
  return new NearfieldError('storage', message, { cause });
}
