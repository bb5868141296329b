/** Where the documentation's script and style go: beside its pages, which name them. */

import type { Rolldown } from 'vite';

/** Rooms and packages of which the demo page has nothing outside its workers. */
const OF_DOCS = /\/src\/(docs|widget|site|light|words|vectors)\/|\/@orama\/stemmers\//;

/** Chunks of the documentation lie in its folder, so that the page's offline list leaves them out. */
export const docsApart: Rolldown.OutputOptions = {
  entryFileNames: ({ name }) => (name === 'docs' ? 'docs/docs.js' : 'assets/[name]-[hash].js'),
  chunkFileNames: ({ moduleIds }) =>
    moduleIds.some((id) => OF_DOCS.test(id))
      ? 'docs/assets/[name]-[hash].js'
      : 'assets/[name]-[hash].js',
  assetFileNames: ({ names }) =>
    names.includes('docs.css') ? 'docs/docs.css' : 'assets/[name]-[hash][extname]',
};
