import { defineConfig } from 'vite';
import { kernels } from '../../tools/kernels.ts';
import { isolation } from '../../vite.shared.ts';

/** Isolated for the clock: 5 µs instead of 100. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [kernels()],
  build: { outDir: '../../.cache/bench-search', emptyOutDir: true, target: 'es2023' },
  worker: { format: 'es' },
  preview: { port: 4333, strictPort: true, headers: isolation },
});
