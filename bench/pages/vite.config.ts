import { defineConfig } from 'vite';
import { kernels } from '../../tools/kernels.ts';
import { isolation, ortConditions, servePlain } from '../../vite.shared.ts';
import { serveBenchModels } from './serve-models.ts';

/** transformers.js brings an ONNX Runtime of its own; its binaries are served from here as ours are. */
const transformersOrt = new URL(
  '../../node_modules/@huggingface/transformers/node_modules/onnxruntime-web/dist',
  import.meta.url,
).pathname;

export default defineConfig({
  root: import.meta.dirname,
  publicDir: '../../public',
  base: './',
  plugins: [kernels(), servePlain(), serveBenchModels()],
  resolve: { conditions: ortConditions, alias: { 'transformers-ort': transformersOrt } },
  build: { outDir: '../../.cache/bench', emptyOutDir: true, target: 'es2023' },
  worker: { format: 'es' },
  preview: { port: 4331, strictPort: true, headers: isolation },
});
