/** Astro: indexes what `astro build` has written. */

import { fileURLToPath } from 'node:url';
import { indexOutput, type IntegrationOptions } from './index-output.ts';

export type { IntegrationOptions } from './index-output.ts';

interface Logger {
  info(line: string): void;
}

export interface NearfieldAstroIntegration {
  name: 'nearfield';
  hooks: {
    'astro:config:done'(given: { config: { base: string } }): void;
    'astro:build:done'(given: { dir: URL; logger: Logger }): Promise<void>;
  };
}

/** `integrations: [nearfield()]`. Pages of a server are not indexed: there are no files of them. */
export function nearfield(options: IntegrationOptions = {}): NearfieldAstroIntegration {
  let baseUrl = '/';
  return {
    name: 'nearfield',
    hooks: {
      'astro:config:done'({ config }) {
        baseUrl = config.base;
      },
      async 'astro:build:done'({ dir, logger }) {
        await indexOutput({ dir: fileURLToPath(dir), baseUrl }, options, (line) =>
          logger.info(line),
        );
      },
    },
  };
}
