/**
 * Builds the package into dist/:
 *
 * - `index.js`, `site.js`: the page's side, dependencies bundled in, not minified (the user's bundler
 *   does that);
 * - `widget.js`: `<nearfield-search>`, minified, for a script tag; its chunks are fetched when somebody
 *   is about to search;
 * - `workers/*.worker.js`: each whole in one file, since bundlers make workers of one file only,
 *   with ORT's runtime files beside it, addressed by `new URL('…', import.meta.url)` literals, which
 *   Vite, webpack, Rollup and browsers all understand;
 * - `node/`: the command, `nearfield/build`, integrations and their thread, with the kernels in `node/build/`;
 * - `**\/*.d.ts`: only those that the entries' types lead to;
 * - `THIRD-PARTY.txt`: licences of everything that was bundled.
 */

import { rm, writeFile } from 'node:fs/promises';
import { bundleNode, INTEGRATIONS } from './lib/node.ts';
import { bundlePage } from './lib/page.ts';
import { noticesFor } from './lib/notices.ts';
import { emitTypes } from './lib/types.ts';
import { bundleWidget } from './lib/widget.ts';
import { bundleWorker } from './lib/worker.ts';

const DIST = 'dist';

await rm(DIST, { recursive: true, force: true });
const modules = [
  ...(await bundlePage({ index: 'src/index.ts', site: 'src/site/index.ts' }, DIST)),
  ...(await bundleWidget(DIST)),
  ...(await bundleWorker('embed.worker', `${DIST}/workers`)),
  ...(await bundleWorker('search.worker', `${DIST}/workers`)),
  ...(await bundleNode(`${DIST}/node`)),
];
const entries = ['index', 'site/index', 'widget/index', 'indexing/index'].concat(
  INTEGRATIONS.map((name) => `integrations/${name}`),
);
await emitTypes(
  entries.map((entry) => `${entry}.d.ts`),
  DIST,
);
await writeFile(`${DIST}/THIRD-PARTY.txt`, await noticesFor(modules));
