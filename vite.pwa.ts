/** The installable, offline-first side of the demo site, and its content policy. */

import type { PluginOption } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const MiB = 1024 * 1024;

/**
 * Scripts come from the site alone; WebAssembly may compile. Requests may go anywhere, because
 * models do: the hub and the hosts it sends downloads to, mirrors, folders on other servers.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http: https: data: blob:",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function sitePlugins(): PluginOption[] {
  return [
    {
      name: 'nearfield:content-policy',
      // Vite's own client needs inline styles, so the policy is for built pages.
      apply: 'build',
      transformIndexHtml: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'workers',
      filename: 'offline.sw.ts',
      injectRegister: null,
      manifest: {
        id: './',
        name: 'Nearfield',
        short_name: 'Nearfield',
        description: 'Search by meaning, in your own browser, also offline.',
        start_url: './',
        scope: './',
        display: 'standalone',
        background_color: '#131412',
        theme_color: '#131412',
        categories: ['productivity', 'utilities'],
        icons: [
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: 'icons/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
          { src: 'icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
      injectManifest: {
        rollupFormat: 'iife',
        // The worker keeps the page itself at once, and the rest of this list when it is used.
        globPatterns: ['**/*.{html,js,mjs,css,svg,png,wasm,json,f16,txt}'],
        // Models live in their own store; keeping them here too would double their size.
        // The documentation is read on the network.
        globIgnores: ['models/**', 'docs/**', '**/*.map'],
        dontCacheBustURLsMatching: /^(assets|samples)\//,
        maximumFileSizeToCacheInBytes: 64 * MiB,
      },
    }),
  ];
}
