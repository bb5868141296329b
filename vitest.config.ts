import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BASE_FLAGS, findBrowser, WEBGPU_FLAGS } from './tools/browser.ts';
import { kernels } from './tools/kernels.ts';
import { isolation, ortConditions } from './vite.shared.ts';

/**
 * Pre-bundled before the first test; nothing else is, since a dependency discovered late would
 * reload the page in mid-test.
 */
const bundledEarly = [
  'comlink',
  'fast-check',
  'hash-wasm',
  'idb',
  'p-queue',
  'pbf',
  '@huggingface/tokenizers',
  '@noble/hashes/sha2.js',
];

// Left to itself, Vitest spares a core, which on a machine of two (CI) is half of it.
const maxWorkers = 2;

export default defineConfig({
  plugins: [kernels()],
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,workers,tools,e2e,bench}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers,
        },
      },
      {
        resolve: { conditions: ortConditions },
        optimizeDeps: { include: bundledEarly, noDiscovery: true },
        server: { headers: isolation },
        test: {
          name: 'browser',
          include: ['{src,workers,e2e}/**/*.browser.test.ts'],
          globalSetup: ['e2e/support/model-server.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                executablePath: findBrowser(),
                args: [...BASE_FLAGS, ...WEBGPU_FLAGS],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
