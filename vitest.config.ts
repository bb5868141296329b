import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BASE_FLAGS, findBrowser, WEBGPU_FLAGS } from './tools/browser.ts';
import { isolation, ortConditions } from './vite.shared.ts';

/** Pre-bundled before the first test: a dependency found late would reload the page in mid-test. */
const bundledEarly = [
  'comlink',
  'idb',
  'p-queue',
  '@noble/hashes/sha2.js',
  '@huggingface/tokenizers',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,workers,tools,e2e,bench}/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
        },
      },
      {
        resolve: { conditions: ortConditions },
        optimizeDeps: { include: bundledEarly, exclude: ['onnxruntime-web'] },
        server: { headers: isolation },
        test: {
          name: 'browser',
          include: ['{src,workers,e2e}/**/*.browser.test.ts'],
          globalSetup: ['e2e/support/model-server.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
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
