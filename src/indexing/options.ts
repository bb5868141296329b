/** What `indexSite` can be told, with its defaults; checked at the door. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import { NearfieldError, type Simd } from '../contract/index.ts';
import type { CrawlOptions } from '../crawl/index.ts';
import type { IndexEvent } from './events.ts';

export interface IndexOptions extends CrawlOptions {
  /** Folder of the built site, or one file of it. */
  dir: string;
  /** Folder that the index is written to; a crawl never reads it. @default 'nearfield' in `dir` */
  out?: string | undefined;
  /**
   * Catalogue id, model folder, hub repository or URL; `false` for words alone.
   * @default 'starter'
   */
  model?: string | false | undefined;
  /** What the pages call the model, where that is not what it is called here. @default its id */
  modelName?: string | undefined;
  /** Folder, or URL of one, that holds the starter. @default `models` in some likely places */
  modelsUrl?: string | undefined;
  /** Mirror of the hub. @default 'https://huggingface.co' */
  hubUrl?: string | undefined;
  /** Of a hub repository: branch, tag or commit. @default the catalogue's pin, else 'main' */
  revision?: string | undefined;
  /** Width of the vectors, where the model lets them be cut. @default its full width */
  dimensions?: number | undefined;
  /** Fit a query encoder, so that meaning needs no model on the visitor's side. @default true */
  light?: boolean | undefined;
  /** Embed titles, headings and first sentences as queries to fit it to, too. @default true */
  queries?: boolean | undefined;
  /** Most tokens of a passage, without its headings. @default 200 */
  passageTokens?: number | undefined;
  /** Keeps vectors and downloads. @default $NEARFIELD_CACHE, else ~/.cache/nearfield */
  cacheDir?: string | undefined;
  /** Threads that compute. @default by the machine's cores */
  threads?: number | undefined;
  /** `'relaxed'` is faster, but its vectors differ a little between kinds of processors. @default 'auto' */
  simd?: 'auto' | Simd | undefined;
  /** An OpenAI-compatible server that embeds instead: its address, with or without `/v1/embeddings`. */
  embedUrl?: string | undefined;
  /** Its key. @default $NEARFIELD_EMBED_KEY */
  embedKey?: string | undefined;
  /** What that server calls the model. @default the model's id */
  embedModel?: string | undefined;
  onEvent?: ((event: IndexEvent) => void) | undefined;
}

export const DEFAULT_MODEL = 'starter';
export const DEFAULT_PASSAGE_TOKENS = 200;
/** Fewer would cut sentences to pieces. */
const LEAST_PASSAGE_TOKENS = 8;

export type CheckedIndexOptions = Omit<IndexOptions, 'model'> &
  Required<Pick<IndexOptions, 'dir' | 'light' | 'queries'>> & {
    model: string | false;
    passageTokens: number;
    cacheDir: string;
    onEvent: (event: IndexEvent) => void;
  };

/** Throws `bad-input`; what the crawl and the model are told is checked by them. */
export function checkedIndexOptions(options: IndexOptions): CheckedIndexOptions {
  const { dir, model = DEFAULT_MODEL, passageTokens = DEFAULT_PASSAGE_TOKENS } = options;
  if (typeof dir !== 'string' || dir === '') throw bad('dir', 'the folder of a built site', dir);
  if (options.out !== undefined && (typeof options.out !== 'string' || options.out === '')) {
    throw bad('out', 'a folder', options.out);
  }
  for (const name of ['include', 'exclude', 'feeds'] as const) {
    const globs: unknown = options[name];
    if (globs !== undefined && !areStrings(globs)) throw bad(name, 'a list of globs', globs);
  }
  if (model !== false && (typeof model !== 'string' || model === '')) {
    throw bad('model', 'a catalogue id, a folder, a hub repository, a URL or false', model);
  }
  if (!Number.isInteger(passageTokens) || passageTokens < LEAST_PASSAGE_TOKENS) {
    const expected = `a whole number of at least ${LEAST_PASSAGE_TOKENS}`;
    throw bad('passageTokens', expected, passageTokens);
  }
  if (model === false) refuseWithoutModel(options);
  return {
    ...options,
    ...{ dir, model, passageTokens },
    light: options.light ?? true,
    queries: options.queries ?? true,
    cacheDir: options.cacheDir ?? defaultCacheDir(),
    onEvent: options.onEvent ?? (() => undefined),
  };
}

export function defaultCacheDir(): string {
  return process.env['NEARFIELD_CACHE'] || join(homedir(), '.cache', 'nearfield');
}

function refuseWithoutModel(options: IndexOptions): void {
  const names = ['dimensions', 'passageTokens', 'embedUrl', 'modelName'] as const;
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw bad(given, 'nothing without a model', options[given]);
}

function areStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function bad(name: string, expected: string, got: unknown): NearfieldError {
  return new NearfieldError('bad-input', `${name}: expected ${expected}, got ${String(got)}.`);
}
