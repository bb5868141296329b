import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Eleventy } from '@11ty/eleventy';
import { build, type Plugin } from 'vite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { firstPage, withIndex } from '../../tools/integrations/search.ts';
import { nearfield as astro } from './astro.ts';
import { nearfield as docusaurus } from './docusaurus.ts';
import { nearfield as eleventy } from './eleventy.ts';
import { nearfield as vite } from './vite.ts';
import { nearfield as vitepress } from './vitepress.ts';

/** The sites that `npm run test:integrations` builds with a model, and with those we do not install. */
const SITES = 'tools/integrations';
const WORDS_ALONE = { model: false, onEvent: () => undefined } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nearfield-integration-'));
});
afterEach(() => rm(folder, { recursive: true }));

const tea = (): Promise<string | undefined> =>
  withIndex(folder, async (index) => firstPage(await index.search('steep the leaves')));

/** As a generator that is not here would have written it. */
async function writePage(): Promise<void> {
  const html = '<html lang="en"><title>Tea</title><main>Let the leaves steep.</main></html>';
  await writeFile(join(folder, 'tea.html'), html);
}

it('indexes what Vite has built', async () => {
  const plugin: Plugin = vite(WORDS_ALONE);
  const root = join(SITES, 'vite');
  const input = ['index', 'tea', 'owls'].map((name) => join(root, `${name}.html`));
  await build({
    ...{ configFile: false, logLevel: 'silent', root, base: '/shop/', plugins: [plugin] },
    build: { outDir: folder, emptyOutDir: true, rolldownOptions: { input } },
  });
  expect(await tea()).toBe('/shop/tea.html');
});

it('leaves a build of Vite alone that failed, or is for a server', async () => {
  const config = { root: folder, base: './', logger: { info: () => undefined } };
  const failed = vite(WORDS_ALONE);
  failed.configResolved({ ...config, build: { outDir: 'none', ssr: false } });
  await failed.closeBundle.handler();
  const server = vite(WORDS_ALONE);
  server.configResolved({ ...config, build: { outDir: 'none', ssr: true } });
  server.writeBundle();
  await server.closeBundle.handler();
  server.configResolved({ ...config, build: { outDir: 'none', ssr: false } });
  await expect(server.closeBundle.handler()).rejects.toMatchObject({ code: 'bad-input' });
});

it('takes no address from a relative base of Vite', async () => {
  await writePage();
  const plugin = vite(WORDS_ALONE);
  const logger = { info: () => undefined };
  plugin.configResolved({ root: folder, base: './', build: { outDir: '.', ssr: false }, logger });
  plugin.writeBundle();
  await plugin.closeBundle.handler();
  expect(await tea()).toBe('/tea.html');
});

it('indexes what Eleventy has built', async () => {
  const site = new Eleventy(join(SITES, 'eleventy/src'), folder, {
    quietMode: true,
    pathPrefix: '/shop/',
    config: (config) => config.addPlugin(eleventy(WORDS_ALONE)),
  });
  await site.write();
  expect(await tea()).toBe('/shop/tea/');
});

it('names pages as Astro, VitePress and Docusaurus do', async () => {
  await writePage();
  const integration = astro(WORDS_ALONE);
  integration.hooks['astro:config:done']({ config: { base: '/shop' } });
  const dir = pathToFileURL(`${folder}/`);
  await integration.hooks['astro:build:done']({ dir, logger: { info: () => undefined } });
  expect(await tea()).toBe('/shop/tea.html');
  await vitepress(WORDS_ALONE)({ outDir: folder, cleanUrls: true, site: { base: '/press/' } });
  expect(await tea()).toBe('/press/tea');
  const siteConfig = { baseUrl: '/saurus/', trailingSlash: false };
  await docusaurus(WORDS_ALONE)().postBuild({ outDir: folder, siteConfig });
  expect(await tea()).toBe('/saurus/tea');
});
