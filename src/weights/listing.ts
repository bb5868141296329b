import { NearfieldError, type ModelFile, type ModelSpec } from '../contract/index.ts';
import { fetchJson } from './http.ts';
import { own } from './manifest.ts';
import { isSafePath } from './path.ts';
import { dataOf } from './repository.ts';

/** The hub's own list of a repository's files, with sizes and hashes. */
export interface Listing {
  /** Commit of the files, 40 hex digits. */
  sha: string;
  files: ModelFile[];
}

/** A listing, or why there is none: a mirror of files alone has none, a hub in trouble fails. */
export type ListingAnswer = Listing | 'none' | 'failed';

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** Asks for a repository's files. Throws `aborted` only: the plain paths may still do. */
export async function askListing(
  hub: string,
  revision: string,
  hubUrl: string,
  signal: AbortSignal | undefined,
): Promise<ListingAnswer> {
  const url = `${hubUrl}/api/models/${hub}/revision/${encodeURIComponent(revision)}?blobs=true`;
  try {
    const listing = parseListing(await fetchJson(url, signal));
    // Another commit than the one asked for is no answer to the question.
    if (!listing || (isCommit(revision) && listing.sha !== revision)) return 'none';
    return listing;
  } catch (error) {
    const code = error instanceof NearfieldError ? error.code : undefined;
    if (code === 'download-failed') return 'failed';
    if (code === 'bad-model') return 'none';
    throw error;
  }
}

/** A hub's answer, checked; entries that are none and paths that lead elsewhere are left out. */
export function parseListing(value: unknown): Listing | undefined {
  const sha = own(value, 'sha');
  const siblings = own(value, 'siblings');
  if (typeof sha !== 'string' || !isCommit(sha) || !Array.isArray(siblings)) return undefined;
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

/** A spec's files with the hub's exact sizes and hashes, and the data files it lists. */
export function withListing(spec: ModelSpec, listing: readonly ModelFile[]): ModelSpec {
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
