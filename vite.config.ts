import { defineConfig } from 'vite';
import { sitePlugins } from './vite.pwa.ts';
import { isolation, ortConditions } from './vite.shared.ts';

const port = Number(process.env['PORT'] ?? 5173);

export default defineConfig({
  base: './',
  plugins: sitePlugins(),
  resolve: { conditions: ortConditions },
  build: { outDir: 'site', target: 'es2023' },
  worker: { format: 'es' },
  server: { port, strictPort: true, headers: isolation },
  preview: { port, strictPort: true, headers: isolation },
});
