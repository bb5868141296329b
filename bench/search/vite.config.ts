import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import { kernels } from '../../tools/kernels.ts';
import { isolation } from '../../vite.shared.ts';
import { wordnetVectors } from './wordnet.ts';

const SQLITE = new URL('../../node_modules/sqlite-vec-wasm-demo/sqlite3.wasm', import.meta.url);

/** sqlite-vec's script looks for its module beside itself and cannot be told otherwise. */
const sqliteModule: Plugin = {
  name: 'nearfield:sqlite-module',
  generateBundle() {
    const source = readFileSync(SQLITE);
    this.emitFile({ type: 'asset', fileName: 'assets/sqlite3.wasm', source });
  },
};

/** Isolated for the clock: 5 µs instead of 100. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [kernels(), sqliteModule, wordnetVectors],
  build: { outDir: '../../.cache/bench-search', emptyOutDir: true, target: 'es2023' },
  worker: { format: 'es' },
  preview: { port: 4333, strictPort: true, headers: isolation },
});
