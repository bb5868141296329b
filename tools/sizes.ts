/** Bytes of each built file, raw and as gzip sends them: a table here, and a file for the record. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { keep, toRow, type ResultRow } from '../bench/results.ts';

interface FileSize {
  path: string;
  raw: number;
  gzip: number;
}

/** Names of built files carry a content hash, which would make every record differ. */
function withoutHash(path: string): string {
  return path.replace(/-[\w-]{8}(?=\.\w+(\.map)?$)/, '-*');
}

function sizesIn(folder: string): FileSize[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const bytes = readFileSync(path);
      const name = withoutHash(path.replaceAll(sep, '/'));
      return { path: name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length };
    })
    .sort((a, b) => b.gzip - a.gzip || a.path.localeCompare(b.path));
}

function print(sizes: readonly FileSize[]): void {
  const width = Math.max(...sizes.map(({ path }) => path.length));
  const row = (name: string, raw: string, gzip: string): string =>
    `${name.padEnd(width)} ${raw.padStart(12)} ${gzip.padStart(12)}`;
  console.log(row('file', 'bytes', 'gzip'));
  for (const { path, raw, gzip } of sizes) {
    console.log(row(path, raw.toLocaleString('en'), gzip.toLocaleString('en')));
  }
}

/** In the shape of every result; there is no rival, so a file is set beside itself uncompressed. */
function toRows(sizes: readonly FileSize[]): ResultRow[] {
  return sizes.map(({ path, raw, gzip }) =>
    toRow({
      case: path,
      metric: 'gzip',
      unit: 'bytes',
      rival: 'uncompressed',
      ours: [gzip],
      theirs: [raw],
    }),
  );
}

const sizes = ['site', 'dist'].filter((folder) => existsSync(folder)).flatMap(sizesIn);
if (sizes.length === 0) {
  console.error('Nothing is built: run `npm run build` and `npm run build:lib` first.');
  process.exitCode = 1;
} else {
  print(sizes);
  keep('sizes', 'gzip level 9', toRows(sizes));
}
