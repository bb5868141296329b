/** VitePress: indexes what `vitepress build` has written. */

import { indexOutput, type IntegrationOptions } from './index-output.ts';

export type { IntegrationOptions } from './index-output.ts';

interface SiteConfig {
  outDir: string;
  cleanUrls: boolean;
  site: { base: string };
}

/** `buildEnd: nearfield()`. */
export function nearfield(options: IntegrationOptions = {}) {
  return async ({ outDir, cleanUrls, site }: SiteConfig): Promise<void> => {
    await indexOutput({ dir: outDir, baseUrl: site.base, cleanUrls }, options);
  };
}
