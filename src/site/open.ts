/** Opens a site's index by its address. */

import {
  messageOf,
  NearfieldError,
  throwIfAborted,
  type SiteIndex,
  type SiteIndexOptions,
  type SiteInfo,
} from '../contract/index.ts';
import { damaged, Shelf, type ReadFile } from './files/index.ts';
import { MANIFEST, readManifest } from './manifest.ts';
import { OpenSiteIndex } from './site-index.ts';
import { TextReader } from './text-reader.ts';

type Fetch = NonNullable<SiteIndexOptions['fetch']>;

/**
 * Reads what every search needs: two files of a few kilobytes. Nothing is downloaded for meaning until
 * `prepare` or `use`.
 *
 * @param url folder of the index, relative to the page: '/nearfield/'
 * @throws NearfieldError `bad-input`, `download-failed`, `integrity`, `incompatible-index`, `aborted`
 */
export async function openSiteIndex(
  url: string | URL,
  { signal, fetch: ask = (at, init) => fetch(at, init) }: SiteIndexOptions = {},
): Promise<SiteIndex> {
  throwIfAborted(signal);
  const folder = folderOf(url);
  const info = await manifestOf(folder, ask, signal);
  const shelf = new Shelf(info.site, readerOf(folder, ask));
  const text = await TextReader.open(shelf, signal);
  if (text.rows !== info.passages) {
    throw damaged(MANIFEST, `it tells of ${info.passages} passages, there are ${text.rows}`);
  }
  return new OpenSiteIndex(info, shelf, text);
}

function folderOf(url: string | URL): URL {
  // Workers and Node have none.
  const base = (globalThis as { document?: { baseURI: string } }).document?.baseURI;
  try {
    const folder = new URL(url, base);
    // Of mailto and the like: they have no folders.
    if (!folder.pathname.startsWith('/')) throw new Error(folder.protocol);
    folder.search = '';
    folder.hash = '';
    if (!folder.pathname.endsWith('/')) folder.pathname += '/';
    return folder;
  } catch {
    throw new NearfieldError(
      'bad-input',
      `url: expected the folder of a site's index, got "${String(url)}".`,
    );
  }
}

async function manifestOf(
  folder: URL,
  ask: Fetch,
  signal: AbortSignal | undefined,
): Promise<SiteInfo> {
  const { href } = new URL(MANIFEST, folder);
  let text: string;
  try {
    // Its address stays when the site changes: a cache has to ask.
    const response = await answered(
      ask(href, { signal: signal ?? new AbortController().signal, cache: 'no-cache' }),
    );
    text = await response.text();
  } catch (cause) {
    throwIfAborted(signal);
    throw new NearfieldError(
      'download-failed',
      `The index of this site could not be read at ${href} (${messageOf(cause)}). Run "nearfield index" on the site's folder, and publish all that it wrote.`,
      { cause },
    );
  }
  return readManifest(text, href);
}

/** Files of a build never change, so that any cache may keep them. */
function readerOf(folder: URL, ask: Fetch): ReadFile {
  return async (name, signal) => {
    const response = await answered(ask(new URL(name, folder).href, { signal }));
    return new Uint8Array(await response.arrayBuffer());
  };
}

async function answered(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}
