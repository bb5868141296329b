/** What every scenario gets: which device this run is for, and the model server. */

import { test as base } from '@playwright/test';
import { MODEL_SERVER_PORT, type LoggedRequest } from './model-server.ts';

export { expect } from '@playwright/test';

export interface ModelServerHandle {
  /** Origin; as a `hubUrl` it serves every test model under any owner. */
  url: string;
  requests(): Promise<LoggedRequest[]>;
}

export interface DeviceOption {
  /** The device that this project's browser offers at its best. */
  device: 'wasm' | 'webgpu';
}

interface Fixtures extends DeviceOption {
  modelServer: ModelServerHandle;
}

export const test = base.extend<Fixtures>({
  device: ['wasm', { option: true }],
  modelServer: async ({ request }, use) => {
    const url = `http://127.0.0.1:${MODEL_SERVER_PORT}`;
    await request.delete(`${url}/log`);
    await use({
      url,
      requests: async () => (await (await request.get(`${url}/log`)).json()) as LoggedRequest[],
    });
  },
});
