import { defineConfig } from 'vite';
import { kernels } from './tools/kernels.ts';
import { sitePlugins } from './vite.pwa.ts';
import { siteNotices, workerNotices } from './vite.notices.ts';
import { docsApart } from './vite.docs.ts';
import { isolation, ortConditions, servePlain } from './vite.shared.ts';

const host = '127.0.0.1';
/** The demo, and the script of the documentation, whose pages `tools/docs` writes. */
const INPUT = { index: 'index.html', docs: 'src/docs/main.ts' };
const port = Number(process.env['PORT'] ?? 5173);

export default defineConfig({
  base: './',
  plugins: [kernels(), sitePlugins(), siteNotices(), servePlain()],
  resolve: { conditions: ortConditions },
  build: { outDir: 'site', target: 'es2023', rolldownOptions: { input: INPUT, output: docsApart } },
  worker: { format: 'es', plugins: () => [workerNotices()] },
  server: { host, port, strictPort: true, headers: isolation },
  preview: { host, port, strictPort: true, headers: isolation },
});
