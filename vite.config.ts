import { defineConfig } from 'vite';
import { kernels } from './tools/kernels.ts';
import { sitePlugins } from './vite.pwa.ts';
import { siteNotices, workerNotices } from './vite.notices.ts';
import { isolation, ortConditions, servePlain } from './vite.shared.ts';

const host = '127.0.0.1';
const port = Number(process.env['PORT'] ?? 5173);

export default defineConfig({
  base: './',
  plugins: [kernels(), sitePlugins(), siteNotices(), servePlain()],
  resolve: { conditions: ortConditions },
  build: { outDir: 'site', target: 'es2023' },
  worker: { format: 'es', plugins: () => [workerNotices()] },
  server: { host, port, strictPort: true, headers: isolation },
  preview: { host, port, strictPort: true, headers: isolation },
});
