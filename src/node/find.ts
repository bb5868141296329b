/** Where a model's files are: a folder of this machine, or a server and the folder that keeps what comes of it. */

import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  HUB_URL,
  messageOf,
  NearfieldError,
  type ModelFile,
  type ModelSpec,
} from '../contract/index.ts';
import { readFolder } from '../weights/folder.ts';
import { parseManifest } from '../weights/manifest.ts';
import { resolveRemembered } from '../weights/remember.ts';
import { specOf, type ResolvedModel } from '../weights/resolve.ts';
import type { OpenStore } from '../weights/store.ts';
import { DiskStore } from './disk-store.ts';
import { FolderStore } from './folder-store.ts';

export interface FindOptions {
  /** Keeps what is downloaded. */
  cacheDir: string;
  /** Folder, or URL of one, that holds the catalogue's `starter`. @default `modelFolders` */
  modelsUrl?: string;
  /** @default 'https://huggingface.co' */
  hubUrl?: string;
  /** Of a hub repository. @default the catalogue's pin, else 'main' */
  revision?: string;
  signal?: AbortSignal | undefined;
}

export interface FoundModel {
  resolved: ResolvedModel;
  store: OpenStore;
}

/** Folders that are looked into for models served with a site, in this order. */
function modelFolders(cacheDir: string): string[] {
  // Of the package, and of this repository: from src/node as from dist/node.
  const beside = ['models', 'public/models'].map((path) =>
    fileURLToPath(new URL(`../../${path}`, import.meta.url)),
  );
  return [resolve('models'), resolve('public/models'), ...beside, join(cacheDir, 'models')];
}

/**
 * Finds a model: a catalogue id, a folder, a hub repository or a URL. Nothing of it is downloaded but
 * small files that say what it is. Throws as `resolveModel`; `model-not-found` names where it looked.
 */
export async function findModel(model: string, options: FindOptions): Promise<FoundModel> {
  const spec = specOf(model);
  if (!spec && isFolder(model)) return readLocal(resolve(model), options.signal);
  const { modelsUrl } = options;
  if (spec && 'url' in spec.source && !isUrl(modelsUrl)) {
    const folders = modelsUrl === undefined ? modelFolders(options.cacheDir) : [resolve(modelsUrl)];
    return localCopy(spec, spec.source.url, [...new Set(folders)]);
  }
  const store = new DiskStore(join(options.cacheDir, 'downloads'));
  const question = {
    hubUrl: (options.hubUrl ?? HUB_URL).replace(/\/+$/, ''),
    modelsUrl: `${(modelsUrl ?? '').replace(/\/+$/, '')}/`,
    ...(options.revision !== undefined && { revision: options.revision }),
    ...(options.signal && { signal: options.signal }),
  };
  return { resolved: await resolveRemembered(model, question, store), store };
}

function isUrl(place: string | undefined): boolean {
  return place !== undefined && /^https?:\/\//.test(place);
}

function isFolder(model: string): boolean {
  return !isUrl(model) && existsSync(join(model, 'config.json'));
}

function localCopy(spec: ModelSpec, path: string, folders: readonly string[]): FoundModel {
  const folder = folders
    .map((at) => join(at, path))
    .find((at) => existsSync(join(at, 'tokenizer.json')));
  if (folder !== undefined) return local(folder, spec, []);
  throw new NearfieldError(
    'model-not-found',
    `The model "${spec.id}" is not on this machine. Copy its folder into one of these, or say where it is (modelsUrl, --models-url): ${folders.join(', ')}.`,
  );
}

/** A folder in the hub's layout. It goes by its own name until somebody gives it another. */
async function readLocal(folder: string, signal: AbortSignal | undefined): Promise<FoundModel> {
  const readJson = (path: string): Promise<unknown> => readJsonFile(join(folder, path));
  const paths = await pathsIn(folder);
  const { sha256 = {} } = parseManifest(
    paths.includes('nearfield.json') ? await readJson('nearfield.json') : undefined,
  );
  const listing = await Promise.all(
    paths.map(async (path): Promise<ModelFile> => {
      const { size: bytes } = await stat(join(folder, path));
      const hash = Object.hasOwn(sha256, path) ? sha256[path] : undefined;
      return { path, bytes, ...(hash !== undefined && { sha256: hash }) };
    }),
  );
  const base = urlOf(folder);
  const at = { id: basename(folder), base, source: { url: base }, listing, readJson };
  const { spec, warnings } = await readFolder(at, signal);
  return local(folder, spec, warnings);
}

function local(folder: string, spec: ModelSpec, warnings: string[]): FoundModel {
  const resolved = { spec, base: urlOf(folder), folder, immutable: true, settled: true, warnings };
  return { resolved, store: new FolderStore(folder) };
}

function urlOf(folder: string): string {
  return `${pathToFileURL(folder).href}/`;
}

async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new NearfieldError('bad-model', `${path} is not JSON: ${messageOf(cause)}`, { cause });
  }
}
