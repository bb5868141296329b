/** Docusaurus: indexes what `docusaurus build` has written, each language of it by itself. */

import { indexOutput, type IntegrationOptions } from './index-output.ts';

export type { IntegrationOptions } from './index-output.ts';

interface BuildProps {
  outDir: string;
  siteConfig: { baseUrl: string; trailingSlash?: boolean | undefined };
}

export interface NearfieldDocusaurusPlugin {
  name: 'nearfield';
  postBuild(props: BuildProps): Promise<void>;
}

/** `plugins: [nearfield()]`. */
export function nearfield(options: IntegrationOptions = {}): () => NearfieldDocusaurusPlugin {
  return () => ({
    name: 'nearfield',
    async postBuild({ outDir, siteConfig: { baseUrl, trailingSlash } }) {
      // `docs/tea.html` is what Docusaurus calls `docs/tea`, and its router knows no other name.
      await indexOutput({ dir: outDir, baseUrl, cleanUrls: trailingSlash === false }, options);
    },
  });
}
