/** What the site, its tests and the library build agree on. */

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
