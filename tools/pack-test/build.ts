import { indexSite, type IndexEvent, type IndexReport } from 'nearfield/build';

/** For its types: built with, it would be the same as build.mjs. */
export function build(onEvent: (event: IndexEvent) => void): Promise<IndexReport> {
  return indexSite({ dir: 'docs', model: false, light: false, onEvent });
}
