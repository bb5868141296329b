/** Playwright's global set-up; the server itself is one of the config's web servers. */

import { prepareTestModels } from './test-models.ts';

export default async function setUp(): Promise<void> {
  await prepareTestModels();
}
