import {
  CATALOGUE,
  DTYPES,
  NearfieldError,
  type ModelFile,
  type ModelSpec,
} from '../contract/index.ts';
import { fetchJson, probe, type Probe } from './http.ts';
import { own, parseManifest, type Manifest } from './manifest.ts';
import {
  dataOf,
  dtypesOf,
  graphPath,
  recipeOf,
  REPOSITORY_PATHS,
  type RepositoryFiles,
} from './repository.ts';

/** A model with its recipe and files known, and where they are fetched from. */
export interface ResolvedModel {
  spec: ModelSpec;
  /** Absolute URL that file paths are appended to; ends with a slash. */
  base: string;
  /** Folder of the file store. */
  folder: string;
  /** The address names the content: a commit, or a version of the catalogue. */
  immutable: boolean;
  /** The question named a commit or a version: asked again, it has the same answer. */
  settled: boolean;
  warnings: string[];
}

export interface ResolveOptions {
  revision?: string;
  hubUrl: string;
  /** Absolute URL of the folder of models served with the site. */
  modelsUrl: string;
  signal?: AbortSignal;
}

const COMMIT = /^[0-9a-f]{40}$/;

/** Finds out what a model is. Throws `bad-input`, `model-not-found`, `bad-model`, `download-failed`. */
export async function resolveModel(
  model: string | ModelSpec,
  options: ResolveOptions,
): Promise<ResolvedModel> {
  if (typeof model !== 'string') return resolveSpec(model, options);
  const spec = specOf(model);
  if (spec) return resolveSpec(spec, options);
  const name = model;
  if (/^https?:\/\//.test(name)) return resolveFolder(name, options);
  if (/^[\w.-]+\/[\w.-]+$/.test(name) && isSafePath(name)) return resolveRepository(name, options);
  throw new NearfieldError(
    'bad-input',
    `model: expected one of ${Object.keys(CATALOGUE).join(', ')}, a hub repository (owner/name), the URL of a model folder or a ModelSpec; got "${name}".`,
  );
}

/** The catalogue's own models; its prototype's `toString` is none. */
export function specOf(id: string): ModelSpec | undefined {
  return Object.hasOwn(CATALOGUE, id) ? CATALOGUE[id] : undefined;
}

async function resolveSpec(spec: ModelSpec, options: ResolveOptions): Promise<ResolvedModel> {
  if ('url' in spec.source) {
    const base = folderUrl(new URL(spec.source.url, options.modelsUrl).href);
    const immutable = spec.revision !== undefined;
    const folder = `${base}@${spec.revision ?? ''}`;
    return { spec, base, folder, immutable, settled: immutable, warnings: [] };
  }
  const { hub } = spec.source;
  const asked = options.revision ?? spec.source.revision;
  const listing = await listingOrNothing(hub, asked, options);
  const revision = listing?.sha ?? asked;
  const located = locate(hub, revision, options.hubUrl);
  const pinned = { ...spec, source: { hub, revision }, ...versionOf(revision) };
  return {
    ...located,
    // Without the hub's sizes and hashes it is asked again: one failed answer must not stay for good.
    settled: listing !== undefined && COMMIT.test(asked),
    warnings: [],
    spec: listing ? withListing(pinned, listing.files) : pinned,
  };
}

/** A branch or a tag is no version: what it holds today may be gone tomorrow. */
function versionOf(revision: string): { revision?: string } {
  return COMMIT.test(revision) ? { revision } : {};
}

async function resolveRepository(hub: string, options: ResolveOptions): Promise<ResolvedModel> {
  const asked = options.revision ?? 'main';
  const listing = await listingOrNothing(hub, asked, options);
  const revision = listing?.sha ?? asked;
  const at: FolderToRead = {
    ...locate(hub, revision, options.hubUrl),
    ...versionOf(revision),
    id: hub,
    source: { hub, revision },
    // Without the hub's sizes and hashes it is asked again: one failed answer must not stay for good.
    settled: listing !== undefined && COMMIT.test(asked),
    listing: listing?.files,
  };
  return readFolder(at, options);
}

async function resolveFolder(url: string, options: ResolveOptions): Promise<ResolvedModel> {
  const base = folderUrl(url);
  return readFolder(
    { base, folder: base, immutable: false, settled: false, id: url, source: { url: base } },
    options,
  );
}

interface FolderToRead {
  id: string;
  base: string;
  folder: string;
  immutable: boolean;
  settled: boolean;
  source: ModelSpec['source'];
  revision?: string;
  listing?: ModelFile[] | undefined;
}

async function readFolder(at: FolderToRead, options: ResolveOptions): Promise<ResolvedModel> {
  const { signal } = options;
  const read = async (path: string): Promise<unknown> =>
    at.listing && !at.listing.some((file) => file.path === path)
      ? undefined
      : fetchJson(at.base + path, signal);
  const [manifestJson, ...values] = await Promise.all(
    ['nearfield.json', ...Object.values(REPOSITORY_PATHS)].map(read),
  );
  const names = Object.keys(REPOSITORY_PATHS) as (keyof RepositoryFiles)[];
  const files = Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<
    keyof RepositoryFiles,
    unknown
  >;
  if (files.config === undefined) throw noModel(at.base, 'config.json');
  const manifest = parseManifest(manifestJson);
  const { recipe, warnings } = recipeOf(files, manifest);
  const dtypes = dtypesOf(at.listing ?? (await findFiles(at.base, manifest, signal)));
  if (Object.keys(dtypes).length === 0)
    throw noModel(at.base, 'onnx/model.onnx or a variant of it');
  const revision = at.revision ?? manifest.revision;
  const spec: ModelSpec = {
    id: at.id,
    source: at.source,
    ...recipe,
    ...(revision !== undefined && { revision }),
    ...(manifest.selfTest && { selfTest: manifest.selfTest }),
    dtypes,
    tokenizer: {
      tokenizer: known('tokenizer.json', at.listing, manifest),
      config: known('tokenizer_config.json', at.listing, manifest),
    },
  };
  const { base, folder, immutable, settled } = at;
  return { spec, base, folder, immutable, settled, warnings };
}

/** Without a listing, the manifest's hashes or the server's answers tell which files there are. */
async function findFiles(
  base: string,
  manifest: Manifest,
  signal: AbortSignal | undefined,
): Promise<ModelFile[]> {
  if (manifest.sha256) {
    return Object.entries(manifest.sha256)
      .filter(([path]) => isSafePath(path))
      .map(([path, sha256]) => ({ path, sha256 }));
  }
  const ask = async (path: string): Promise<ModelFile[]> => {
    const answer = await probe(base + path, signal);
    return answer ? [{ path, ...sizesOf(answer) }] : [];
  };
  const graphs = (await Promise.all(DTYPES.map((dtype) => ask(graphPath(dtype))))).flat();
  const data = graphs.flatMap(({ path }) => [ask(`${path}_data`), ask(`${path}.data`)]);
  return [...graphs, ...(await Promise.all(data)).flat()];
}

function sizesOf({ bytes, aboutBytes }: Probe): Pick<ModelFile, 'bytes' | 'aboutBytes'> {
  return { ...(bytes !== undefined && { bytes }), ...(aboutBytes !== undefined && { aboutBytes }) };
}

interface Listing {
  sha: string;
  files: ModelFile[];
}

/** The hub's own list of a repository's files, with sizes and hashes; mirrors may have none. */
async function listingOrNothing(
  hub: string,
  revision: string,
  options: ResolveOptions,
): Promise<Listing | undefined> {
  const url = `${options.hubUrl}/api/models/${hub}/revision/${encodeURIComponent(revision)}?blobs=true`;
  try {
    return parseListing(await fetchJson(url, options.signal));
  } catch (error) {
    // Offline, or a mirror of files alone: the stored copy or the plain paths may still do.
    const tolerable = ['download-failed', 'bad-model'];
    if (error instanceof NearfieldError && tolerable.includes(error.code)) return undefined;
    throw error;
  }
}

export function parseListing(value: unknown): Listing | undefined {
  const sha = own(value, 'sha');
  const siblings = own(value, 'siblings');
  if (typeof sha !== 'string' || !COMMIT.test(sha) || !Array.isArray(siblings)) return undefined;
  return { sha, files: (siblings as unknown[]).flatMap(parseSibling) };
}

function parseSibling(value: unknown): ModelFile[] {
  const path = own(value, 'rfilename');
  if (typeof path !== 'string' || !isSafePath(path)) return [];
  const bytes = own(value, 'size');
  const sha256 = own(own(value, 'lfs'), 'sha256');
  return [
    {
      path,
      ...(Number.isSafeInteger(bytes) && (bytes as number) >= 0 && { bytes: bytes as number }),
      ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
    },
  ];
}

/** A path that stays inside the model's folder. */
export function isSafePath(path: string): boolean {
  return (
    path !== '' &&
    // A lone surrogate cannot be written into a URL.
    !/^[/\\]|[\\?#%:]|\p{Surrogate}/u.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

/** A spec's files with the hub's exact sizes and hashes, and the data files it lists. */
function withListing(spec: ModelSpec, listing: readonly ModelFile[]): ModelSpec {
  const exact = (file: ModelFile): ModelFile => ({
    ...file,
    ...listing.find(({ path }) => path === file.path),
  });
  const dtypes = Object.fromEntries(
    Object.entries(spec.dtypes).flatMap(([dtype, known]) => {
      const [graph] = known.files;
      if (!graph || !listing.some(({ path }) => path === graph.path)) return [];
      const files = [...known.files, ...dataOf(graph, listing)].map(exact);
      const once = files.filter(({ path }, i) => i === files.findIndex((f) => f.path === path));
      return [[dtype, { ...known, files: once }]];
    }),
  );
  const { tokenizer, config } = spec.tokenizer;
  return { ...spec, dtypes, tokenizer: { tokenizer: exact(tokenizer), config: exact(config) } };
}

function known(
  path: string,
  listing: readonly ModelFile[] | undefined,
  manifest: Manifest,
): ModelFile {
  const sha256 = own(manifest.sha256, path);
  return (
    listing?.find((file) => file.path === path) ?? {
      path,
      ...(typeof sha256 === 'string' && { sha256 }),
    }
  );
}

function locate(
  hub: string,
  revision: string,
  hubUrl: string,
): Pick<ResolvedModel, 'base' | 'folder' | 'immutable'> {
  const base = `${hubUrl}/${hub}/resolve/${encodeURIComponent(revision)}/`;
  return { base, folder: `${hub}@${revision}`, immutable: COMMIT.test(revision) };
}

function folderUrl(url: string): string {
  const parsed = new URL(url);
  parsed.search = '';
  parsed.hash = '';
  return parsed.href.endsWith('/') ? parsed.href : `${parsed.href}/`;
}

function noModel(base: string, path: string): NearfieldError {
  return new NearfieldError(
    'model-not-found',
    `${base} holds no model: ${path} is not there. Check the name and the revision.`,
  );
}
