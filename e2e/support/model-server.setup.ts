/** Vitest's global set-up for browser tests: writes the test models and serves them. */

import type { TestProject } from 'vitest/node';
import { startModelServer } from './model-server.ts';
import { prepareTestModels } from './test-models.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Origin of the model server; read it with `inject('modelServer')`. */
    modelServer: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  await prepareTestModels();
  const server = await startModelServer();
  project.provide('modelServer', server.url);
  return () => server.close();
}
