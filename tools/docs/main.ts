/** `tsx tools/docs/main.ts`: builds the documentation into the site that Vite has built. */

import { buildPages } from './build.ts';

await buildPages('site/docs');
