/** `tsx tools/docs/main.ts`: builds the documentation and its index into the site that Vite has built. */

import { buildDocs } from './build.ts';

await buildDocs('site/docs', true);
