/** Reads a site's files from a server. */

import type { ReadFile } from '../../src/site/files/index.ts';

/** @param url that the files lie below */
export function fetcher(url: string): ReadFile {
  return async (name, signal) => {
    const response = await fetch(url + name, { signal });
    if (!response.ok) throw new Error(`${response.status} for ${name}`);
    return new Uint8Array(await response.arrayBuffer());
  };
}
