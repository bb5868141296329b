/** Vite: indexes what a build has written. Types are those of no version, and fit Vite 5 to 8. */

import { resolve } from 'node:path';
import { indexOutput, type IntegrationOptions } from './index-output.ts';

export type { IntegrationOptions } from './index-output.ts';

interface ResolvedConfig {
  root: string;
  base: string;
  build: { outDir: string; ssr: unknown };
  logger: { info(line: string): void };
}

export interface NearfieldVitePlugin {
  name: 'nearfield';
  apply: 'build';
  configResolved(config: ResolvedConfig): void;
  writeBundle(): void;
  closeBundle: { order: 'post'; sequential: true; handler(): Promise<void> };
}

/**
 * `plugins: [nearfield()]`. With a relative `base` the index has addresses from '/' on, unless
 * `baseUrl` says another.
 */
export function nearfield(options: IntegrationOptions = {}): NearfieldVitePlugin {
  let config: ResolvedConfig | undefined;
  let isWritten = false;
  return {
    name: 'nearfield',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    // A bundle is closed after a failed build, too.
    writeBundle() {
      isWritten = true;
    },
    closeBundle: {
      // What other plugins write when they close is part of the site.
      order: 'post',
      sequential: true,
      async handler() {
        if (!config || !isWritten || config.build.ssr) return;
        isWritten = false;
        const { root, base, build, logger } = config;
        const dir = resolve(root, build.outDir);
        await indexOutput({ dir, baseUrl: base }, options, (line) => logger.info(line));
      },
    },
  };
}
