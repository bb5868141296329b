/** Licences of everything that the site's scripts contain, workers counted in, as THIRD-PARTY.txt. */

import type { Plugin, Rolldown } from 'vite';
import { noticesFor } from './tools/lib/notices.ts';

/** Modules of all bundles of one build; workers are bundled before the page is written. */
const bundled = new Set<string>();

function collect(bundle: Rolldown.OutputBundle): void {
  for (const file of Object.values(bundle)) {
    if (file.type === 'chunk') file.moduleIds.forEach((id) => bundled.add(id));
  }
}

export const workerNotices = (): Plugin => ({
  name: 'nearfield:worker-notices',
  apply: 'build',
  generateBundle: (_, bundle) => collect(bundle),
});

export const siteNotices = (): Plugin => ({
  name: 'nearfield:site-notices',
  apply: 'build',
  async generateBundle(_, bundle) {
    collect(bundle);
    const source = await noticesFor([...bundled]);
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY.txt', source });
  },
});
