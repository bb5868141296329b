/** Eleventy: indexes what a build has written, but not while it serves and watches. */

import { indexOutput, type IntegrationOptions } from './index-output.ts';

export type { IntegrationOptions } from './index-output.ts';

interface AfterBuild {
  directories: { output: string };
  runMode: 'build' | 'serve' | 'watch';
  outputMode: 'fs' | 'json' | 'ndjson';
}

export interface EleventyConfig {
  pathPrefix?: string;
  on(event: 'eleventy.after', listener: (build: AfterBuild) => Promise<void>): unknown;
}

/** `eleventyConfig.addPlugin(nearfield())`. */
export function nearfield(options: IntegrationOptions = {}): (config: EleventyConfig) => void {
  return (config) => {
    config.on('eleventy.after', async ({ directories, runMode, outputMode }) => {
      if (runMode !== 'build' || outputMode !== 'fs') return;
      await indexOutput({ dir: directories.output, baseUrl: config.pathPrefix }, options);
    });
  };
}
