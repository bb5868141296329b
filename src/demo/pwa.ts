/** The service worker's side of the page: starting offline, and asking before an update. */

import { Workbox } from 'workbox-window';
import type { EmbedderInfo } from '../index.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';
import { toast } from './views/toast.ts';

/** Only a built site has a service worker; `vite dev` serves what changes all the time. */
const available = import.meta.env.PROD && 'serviceWorker' in navigator;

export function setUpPwa(store: Store<State>): void {
  if (!available) return;
  const workbox = new Workbox(new URL('offline.sw.js', document.baseURI).href);
  workbox.addEventListener('waiting', () => {
    toast('A new version of Nearfield is ready.', [
      { label: 'Reload', go: () => update(workbox) },
      { label: 'Later', go: () => undefined },
    ]);
  });
  navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === 'nearfield:kept') store.set({ offline: 'ready' });
  });
  let registering: Promise<unknown> | undefined;
  store.watch(
    ({ settled, engine }) => [settled, engine?.device, engine?.runtime],
    ({ settled, engine }) => {
      // Keeping things for later waits until what the visitor came for is there.
      if (!settled) return;
      registering ??= workbox.register({ immediate: true }).catch(() => undefined);
      if (engine) void keepForOffline(engine);
    },
  );
}

function update(workbox: Workbox): void {
  workbox.addEventListener('controlling', () => location.reload());
  workbox.messageSkipWaiting();
}

/**
 * The first visit's files were fetched before the worker was there to see them: it is told which
 * ones this machine really uses, and takes them from the HTTP cache.
 */
async function keepForOffline({ device, runtime, simd }: EmbedderInfo): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  const used = performance.getEntriesByType('resource').map(({ name }) => name);
  const urls = used.filter((url) => url.startsWith(new URL('samples/', document.baseURI).href));
  active?.postMessage({ type: 'nearfield:keep', device, runtime, simd, urls });
}

/** Forgets what was kept beyond the page itself. */
export async function forgetOffline(): Promise<void> {
  if (!('caches' in globalThis)) return;
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('nearfield-')).map((name) => caches.delete(name)),
  );
}
