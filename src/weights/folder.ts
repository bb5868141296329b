import { DTYPES, NearfieldError, type ModelFile, type ModelSpec } from '../contract/index.ts';
import { fetchJson, probe, type Probe } from './http.ts';
import { own, parseManifest, type Manifest } from './manifest.ts';
import { isSafePath } from './path.ts';
import {
  dtypesOf,
  graphPath,
  recipeOf,
  REPOSITORY_PATHS,
  type RepositoryFiles,
} from './repository.ts';

/** A folder in the hub's layout that is to be read. */
export interface FolderToRead {
  id: string;
  /** Absolute URL that file paths are appended to; ends with a slash. */
  base: string;
  source: ModelSpec['source'];
  revision?: string;
  /** Every file there is, where somebody told; else the server is asked file by file. */
  listing?: readonly ModelFile[] | undefined;
  /** A JSON file of the folder; undefined where it is not there. @default fetched from `base` */
  readJson?: (path: string) => Promise<unknown>;
}

/**
 * A model from the files of its folder: the recipe, and the dtypes there are.
 *
 * @throws NearfieldError `model-not-found`, `bad-model`, `unsupported-model`, `download-failed`,
 *   `aborted`
 */
export async function readFolder(
  at: FolderToRead,
  signal: AbortSignal | undefined,
): Promise<{ spec: ModelSpec; warnings: string[] }> {
  const { manifestJson, files } = await readJson(at, signal);
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
  return { spec, warnings };
}

async function readJson(
  at: FolderToRead,
  signal: AbortSignal | undefined,
): Promise<{ manifestJson: unknown; files: RepositoryFiles }> {
  const { readJson = (path: string): Promise<unknown> => fetchJson(at.base + path, signal) } = at;
  const read = async (path: string): Promise<unknown> =>
    at.listing && !at.listing.some((file) => file.path === path) ? undefined : readJson(path);
  const [manifestJson, ...values] = await Promise.all(
    ['nearfield.json', ...Object.values(REPOSITORY_PATHS)].map(read),
  );
  const names = Object.keys(REPOSITORY_PATHS) as (keyof RepositoryFiles)[];
  const files = Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<
    keyof RepositoryFiles,
    unknown
  >;
  return { manifestJson, files };
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

function noModel(base: string, path: string): NearfieldError {
  return new NearfieldError(
    'model-not-found',
    `${base} holds no model: ${path} is not there. Check the name and the revision.`,
  );
}
