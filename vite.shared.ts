/** What the site, its tests and the library build agree on. */

import type { Plugin } from 'vite';

/** WASM threads need a cross-origin isolated page. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Plain ORT entry points: our builds serve its .wasm and .mjs files themselves. */
export const ortConditions = [
  'onnxruntime-web-use-extern-wasm',
  'module',
  'browser',
  'development|production',
];

/**
 * Serves built files as they are. Vite's preview gzips each answer anew: 2.7 s for the starter's
 * weights, which are as large before as after, and which real hosts send as they are.
 */
export function servePlain(): Plugin {
  return {
    name: 'nearfield:serve-plain',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, _response, next) => {
        delete request.headers['accept-encoding'];
        next();
      });
    },
  };
}

/** The documentation's content policy: it needs its own files alone. */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
