/** Serves the vectors of WordNet to the benchmark's pages, from where `npm run bench:wordnet` keeps them. */

import { createReadStream } from 'node:fs';
import type { Plugin } from 'vite';
import { locate } from '../wordnet/vectors.ts';
import type { WordnetList } from './corpora.ts';

const LISTS: readonly WordnetList[] = ['glosses', 'examples'];

/** `/wordnet/{list}`: float32 values, row after row. */
export const wordnetVectors: Plugin = {
  name: 'nearfield:wordnet-vectors',
  configurePreviewServer({ middlewares }) {
    for (const list of LISTS) {
      middlewares.use(`/wordnet/${list}`, (_, response) => {
        try {
          const { path, start } = locate(list);
          createReadStream(path, { start }).pipe(response);
        } catch (error) {
          response.writeHead(404).end(String(error));
        }
      });
    }
  },
};
