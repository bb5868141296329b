import { defineConfig } from '@playwright/test';
import type { DeviceOption } from './e2e/support/fixtures.ts';
import { MODEL_SERVER_PORT } from './e2e/support/model-server.ts';
import { BASE_FLAGS, findBrowser, WEBGPU_FLAGS } from './tools/browser.ts';

/** Odd on purpose: a server that somebody forgot must not be tested in place of ours. */
const SITE_PORT = 4327;

const executablePath = findBrowser();

export default defineConfig<DeviceOption>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/support/models.setup.ts',
  outputDir: 'test-results',
  forbidOnly: process.env['CI'] !== undefined,
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: '.cache/results/e2e.json' }]],
  use: { baseURL: `http://127.0.0.1:${SITE_PORT}` },
  webServer: [
    {
      command: `npx vite preview --host 127.0.0.1 --port ${SITE_PORT} --strictPort`,
      port: SITE_PORT,
      reuseExistingServer: false,
    },
    {
      command: 'npx tsx e2e/support/model-server.main.ts',
      port: MODEL_SERVER_PORT,
      reuseExistingServer: false,
    },
  ],
  projects: [
    {
      name: 'wasm',
      grepInvert: /@webgpu-only/,
      use: { device: 'wasm', launchOptions: { executablePath, args: [...BASE_FLAGS] } },
    },
    {
      // Software WebGPU is slow: only scenarios tagged @webgpu (both devices) or @webgpu-only run here.
      name: 'webgpu',
      grep: /@webgpu/,
      use: {
        device: 'webgpu',
        launchOptions: { executablePath, args: [...BASE_FLAGS, ...WEBGPU_FLAGS] },
      },
    },
  ],
});
