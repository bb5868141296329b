/** Fails where the part of the widget that every page loads has grown too large. After `npm run build:lib`. */

import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { staticClosure } from './lib/static-imports.ts';

const ENTRY = 'dist/widget.js';
/** Bytes, gzip: no page is to notice the search until somebody searches. */
const MOST = 15_000;

const files = await staticClosure(ENTRY);
let total = 0;
for (const file of files) {
  const bytes = gzipSync(await readFile(file), { level: 9 }).length;
  console.log(`${file}: ${bytes} bytes gzip`);
  total += bytes;
}
console.log(`${total} of ${MOST}`);
if (total > MOST) {
  console.error(
    `The widget's shell is ${total} bytes; move what it does not need at once into src/widget/panel.`,
  );
  process.exitCode = 1;
}
