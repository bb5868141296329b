import { CATALOGUE, NearfieldError, type ModelFile, type ModelSpec } from '../contract/index.ts';
import { readFolder } from './folder.ts';
import { askListing, isCommit, withListing, type ListingAnswer } from './listing.ts';
import { isSafePath } from './path.ts';

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
  /** The hub failed to tell commit, sizes and hashes; it may the next time. @default false */
  unlisted?: boolean;
  warnings: string[];
}

export interface ResolveOptions {
  revision?: string;
  hubUrl: string;
  /** Absolute URL of the folder of models served with the site. */
  modelsUrl: string;
  signal?: AbortSignal;
}

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

/** A spec that was given, or the catalogue's own; its prototype's `toString` is none. */
export function specOf(model: string | ModelSpec): ModelSpec | undefined {
  if (typeof model !== 'string') return model;
  return Object.hasOwn(CATALOGUE, model) ? CATALOGUE[model] : undefined;
}

/** A spec that names a commit, as it stands: nobody is asked. Undefined for any other model. */
export function pinnedSpec(
  model: string | ModelSpec,
  options: ResolveOptions,
): ResolvedModel | undefined {
  const spec = specOf(model);
  if (!spec || !('hub' in spec.source)) return undefined;
  const { hub, revision } = spec.source;
  const asked = options.revision ?? revision;
  return isCommit(asked) ? specAt(spec, hub, asked, 'none', options) : undefined;
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
  const listing = await askListing(hub, asked, options.hubUrl, options.signal);
  return specAt(spec, hub, asked, listing, options);
}

function specAt(
  spec: ModelSpec,
  hub: string,
  asked: string,
  answer: ListingAnswer,
  { hubUrl }: ResolveOptions,
): ResolvedModel {
  const { revision, files, ...rest } = locate(hub, asked, answer, hubUrl);
  const pinned = { ...spec, source: { hub, revision }, ...versionOf(revision) };
  return { ...rest, warnings: [], spec: files ? withListing(pinned, files) : pinned };
}

async function resolveRepository(hub: string, options: ResolveOptions): Promise<ResolvedModel> {
  const asked = options.revision ?? 'main';
  const answer = await askListing(hub, asked, options.hubUrl, options.signal);
  const { revision, files: listing, ...rest } = locate(hub, asked, answer, options.hubUrl);
  const source = { hub, revision };
  const at = { id: hub, base: rest.base, source, listing, ...versionOf(revision) };
  return { ...rest, ...(await readFolder(at, options.signal)) };
}

async function resolveFolder(url: string, options: ResolveOptions): Promise<ResolvedModel> {
  const base = folderUrl(url);
  const read = await readFolder({ id: url, base, source: { url: base } }, options.signal);
  return { ...read, base, folder: base, immutable: false, settled: false };
}

interface Located extends Omit<ResolvedModel, 'spec' | 'warnings'> {
  /** The commit, where it is known, else what was asked for. */
  revision: string;
  files: ModelFile[] | undefined;
}

function locate(hub: string, asked: string, answer: ListingAnswer, hubUrl: string): Located {
  const listing = typeof answer === 'object' ? answer : undefined;
  const revision = listing?.sha ?? asked;
  return {
    revision,
    files: listing?.files,
    base: `${hubUrl}/${hub}/resolve/${encodeURIComponent(revision)}/`,
    folder: `${hub}@${revision}`,
    immutable: isCommit(revision),
    // Without the hub's sizes and hashes it is asked again: one failed answer must not stay for good.
    settled: listing !== undefined && isCommit(asked),
    ...(answer === 'failed' && { unlisted: true }),
  };
}

/** A branch or a tag is no version: what it holds today may be gone tomorrow. */
function versionOf(revision: string): { revision?: string } {
  return isCommit(revision) ? { revision } : {};
}

function folderUrl(url: string): string {
  const parsed = new URL(url);
  parsed.search = '';
  parsed.hash = '';
  return parsed.href.endsWith('/') ? parsed.href : `${parsed.href}/`;
}
