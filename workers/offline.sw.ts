/**
 * The service worker: the page itself is kept at once, by content hash; the runtimes' files and
 * the samples when they are used. Models are none of its business: src/weights keeps them.
 */

import { clientsClaim } from 'workbox-core';
import {
  addPlugins,
  cleanupOutdatedCaches,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';
import { keepFiles } from './keep.ts';

declare const self: ServiceWorkerGlobalScope;

const ON_DEMAND_CACHE = 'nearfield-on-demand';
/** But for the search kernels: every visit searches, and they are a few kilobytes. */
const ON_DEMAND = /^(?!assets\/search-).*\.(wasm|mjs)$|^samples\//;
/** Nearfield's own kernels by file name, see src/kernels. */
const KERNELS = /\/(relaxed|simd128)(-shared)?\b[^/]*\.wasm$/;
/** ONNX Runtime's builds by file name, as src/engine/ort/load.ts chooses between them. */
const VARIANT = /\.(jspi|asyncify)[.-]/;
const WEBGPU_VARIANT = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';

interface KeepMessage {
  type: 'nearfield:keep';
  /** What the model runs on, and so which runtime this machine uses. */
  device: 'webgpu' | 'wasm';
  runtime: 'native' | 'onnxruntime';
  simd: 'relaxed' | 'simd128';
  /** Other files the page fetched before this worker could see them. */
  urls: readonly string[];
}

/** The build writes the list of files here. */
const entries: PrecacheEntry[] = self.__WB_MANIFEST.map((entry) =>
  typeof entry === 'string' ? { url: entry, revision: null } : entry,
);
const onDemand = new Set(
  entries.filter(({ url }) => ON_DEMAND.test(url)).map(({ url }) => absolute(url)),
);

/** Hosts that cannot send headers, GitHub Pages say, get threads from the second visit on. */
const isolate = {
  cacheWillUpdate: ({ response }: { response: Response }): Promise<Response | null> =>
    Promise.resolve(response.status === 200 ? isolated(response) : null),
};

addPlugins([isolate]);
precacheAndRoute(
  entries.filter(({ url }) => !ON_DEMAND.test(url)),
  { ignoreURLParametersMatching: [/./] },
);
cleanupOutdatedCaches();
clientsClaim();
registerRoute(
  ({ url }) => onDemand.has(url.href),
  new CacheFirst({ cacheName: ON_DEMAND_CACHE, plugins: [isolate] }),
);

self.addEventListener('activate', (event) => event.waitUntil(dropOldFiles()));
self.addEventListener('message', (event) => {
  const message = event.data as { type?: string } | undefined;
  if (message?.type === 'SKIP_WAITING') void self.skipWaiting();
  if (message?.type === 'nearfield:keep') {
    event.waitUntil(
      keep(event.data as KeepMessage).then((whole) => {
        if (whole) event.source?.postMessage('nearfield:kept');
      }),
    );
  }
});

function absolute(url: string): string {
  return new URL(url, self.location.href).href;
}

function isolated(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, { status: 200, statusText: response.statusText, headers });
}

/** Gives whether everything that was asked for is there now. */
async function keep({ urls, ...used }: KeepMessage): Promise<boolean> {
  const cache = await caches.open(ON_DEMAND_CACHE);
  const asked = new Set(urls);
  const wanted = [...onDemand].filter((url) => asked.has(url) || isRuntimeOf(used, url));
  return (await keepFiles(cache, wanted, isolated)).length === 0;
}

function isRuntimeOf(
  { device, runtime, simd }: Pick<KeepMessage, 'device' | 'runtime' | 'simd'>,
  url: string,
): boolean {
  if (!/\.(wasm|mjs)$/.test(url)) return false;
  const kernels = KERNELS.exec(url);
  if (kernels || runtime === 'native') return runtime === 'native' && kernels?.[1] === simd;
  return VARIANT.exec(url)?.[1] === (device === 'webgpu' ? WEBGPU_VARIANT : undefined);
}

/** Files of earlier releases have other names. */
async function dropOldFiles(): Promise<void> {
  const cache = await caches.open(ON_DEMAND_CACHE);
  for (const request of await cache.keys()) {
    if (!onDemand.has(request.url)) await cache.delete(request);
  }
}
