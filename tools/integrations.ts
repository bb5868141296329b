/**
 * `npm run test:integrations [-- names]`: installs the packed library and a site generator into a
 * small real site, builds it as its owner would, and searches the index that this made. Needs the
 * registry, some 500 MB and minutes, so it is no part of the gate.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { firstPage, withIndex } from './integrations/search.ts';

interface Generator {
  /** Folder of its output, in the site's. */
  out: string;
  /** Address of the page about tea. */
  tea: string;
}

const GENERATORS: Readonly<Record<string, Generator>> = {
  vite: { out: 'dist', tea: '/shop/tea.html' },
  eleventy: { out: 'public', tea: '/shop/tea/' },
  vitepress: { out: 'docs/.vitepress/dist', tea: '/shop/tea' },
  astro: { out: 'dist', tea: '/shop/tea/' },
  docusaurus: { out: 'build', tea: '/shop/docs/tea/' },
};

const ROOT = resolve(import.meta.dirname, '..');
const WORK = join(ROOT, '.cache/integrations');
const env = {
  ...process.env,
  ASTRO_TELEMETRY_DISABLED: '1',
  NEARFIELD_CACHE: join(WORK, 'vectors'),
};

function run(cwd: string, command: string, ...words: string[]): string {
  return execFileSync(command, words, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function packed(): string {
  mkdirSync(WORK, { recursive: true });
  const name = run(WORK, 'npm', 'pack', ROOT, '--silent').trim().split('\n').at(-1)!;
  return join(WORK, name);
}

/** The site with its generator and the library installed; what is installed already stays. */
function prepare(name: string, tarball: string): string {
  const site = join(WORK, name);
  cpSync(join(ROOT, 'tools/integrations', name), site, { recursive: true });
  const options = ['--no-package-lock', '--no-audit', '--no-fund', '--silent'];
  run(site, 'npm', 'install', ...options);
  run(site, 'npm', 'install', ...options, '--no-save', tarball);
  if (!existsSync(join(site, 'models')))
    symlinkSync(join(ROOT, 'public/models'), join(site, 'models'));
  return site;
}

function expectThat(what: string, got: unknown, expected: unknown): void {
  if (got !== expected)
    throw new Error(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

async function test(name: string, { out, tea }: Generator, tarball: string): Promise<void> {
  const site = prepare(name, tarball);
  const output = join(site, out);
  rmSync(output, { recursive: true, force: true });
  const start = performance.now();
  run(site, 'npm', 'run', 'build');
  const seconds = (performance.now() - start) / 1000;
  await withIndex(output, async (index) => {
    const byWords = await index.search('steep the leaves');
    expectThat(`${name}, by words`, firstPage(byWords), tea);
    await index.prepare();
    const byMeaning = await index.search('How hot should the water be?');
    expectThat(`${name}, tier`, byMeaning.tier, 'light');
    expectThat(`${name}, by meaning`, firstPage(byMeaning), tea);
    const { pages, passages } = index.info;
    console.log(
      `✓ ${name}: ${pages} pages, ${passages} passages, built in ${seconds.toFixed(1)} s`,
    );
  });
}

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in GENERATORS));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')} among the generators.`);
  if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('Run `npm run build:lib` first.');
  const tarball = packed();
  for (const [name, generator] of Object.entries(GENERATORS)) {
    if (asked.length === 0 || asked.includes(name)) await test(name, generator, tarball);
  }
}

await main();
