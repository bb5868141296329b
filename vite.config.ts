import { defineConfig } from 'vite';

/** WASM threads need a cross-origin isolated page. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const port = Number(process.env['PORT'] ?? 5173);

export default defineConfig({
  base: './',
  // Plain ORT entry points: our build serves their .wasm and .mjs files itself.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', 'module', 'browser', 'development|production'] },
  build: { outDir: 'site', target: 'es2023' },
  worker: { format: 'es' },
  server: { port, headers: isolation },
  preview: { port, headers: isolation },
});
