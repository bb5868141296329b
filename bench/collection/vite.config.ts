import { defineConfig } from 'vite';
import { kernels } from '../../tools/kernels.ts';
import { isolation } from '../../vite.shared.ts';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [kernels()],
  build: { outDir: '../../.cache/bench-collection', emptyOutDir: true, target: 'es2023' },
  worker: { format: 'es' },
  preview: { port: 4334, strictPort: true, headers: isolation },
});
