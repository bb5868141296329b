/**
 * Installs the packed library into an empty project, as a user would, and embeds a query with it:
 * type-checked, built by Vite, served by Vite's development server, and as plain files with no
 * bundler at all. Then indexes a small site by the command that came with it, and by its function.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { build, createServer, preview } from 'vite';
import { BASE_FLAGS, findBrowser } from './browser.ts';
import { isolation } from '../vite.shared.ts';

interface Server {
  url: string;
  close(): Promise<void>;
}

interface Result {
  dimensions: number;
  length: number;
  threads: number;
  runtime: string;
}

const ROOT = resolve(import.meta.dirname, '..');
const quiet = { configFile: false, logLevel: 'error' } as const;
const local = { host: '127.0.0.1', port: 0, headers: isolation };

function makeProject(): string {
  const app = mkdtempSync(join(tmpdir(), 'nearfield-pack-'));
  cpSync(join(ROOT, 'tools/pack-test'), app, { recursive: true });
  const npm = (...words: string[]): string =>
    execFileSync('npm', words, {
      cwd: app,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const tarball = npm('pack', ROOT, '--silent').trim().split('\n').at(-1)!;
  npm('install', '--offline', '--no-save', '--silent', `./${tarball}`);
  mkdirSync(join(app, 'public'));
  symlinkSync(join(ROOT, 'public/models'), join(app, 'public/models'));
  return app;
}

function checkTypes(app: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', app], { stdio: 'inherit' });
}

async function builtSite(app: string): Promise<Server> {
  await build({ ...quiet, root: app, build: { copyPublicDir: false } });
  symlinkSync(join(ROOT, 'public/models'), join(app, 'dist/models'));
  return serve(app, 'dist');
}

async function serve(app: string, outDir: string): Promise<Server> {
  const server = await preview({ ...quiet, root: app, build: { outDir }, preview: local });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

async function development(app: string): Promise<Server> {
  const server = await createServer({ ...quiet, root: app, server: local });
  await server.listen();
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

async function visit(browser: Browser, url: string): Promise<Result> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  try {
    await page.goto(url);
    const result = await page.waitForFunction(
      () => Reflect.get(globalThis, 'result') as unknown,
      undefined,
      { timeout: 90_000 },
    );
    return (await result.jsonValue()) as Result;
  } catch (error) {
    throw new Error(`${url}: no vector.\n${problems.join('\n')}`, { cause: error });
  } finally {
    await page.close();
  }
}

function verify(name: string, result: Result): void {
  const { dimensions, length, threads, runtime } = result;
  const ok = dimensions === 384 && Math.abs(length - 1) < 1e-4;
  if (!ok) throw new Error(`${name}: not a unit vector of 384: ${JSON.stringify(result)}`);
  // Where a thread's script is not found, one thread does the work and nothing else tells.
  if (runtime !== 'native' || threads !== 2) {
    throw new Error(`${name}: not our kernels on two threads: ${JSON.stringify(result)}`);
  }
  console.log(`✓ ${name}: ${dimensions} dimensions, ${runtime}, ${threads} threads`);
}

interface Manifest {
  pages: number;
  model?: { model: string };
  light?: { bytes: number };
}

/** In plain Node, by what npm put into the project. */
function verifyIndex(app: string): void {
  const nearfield = join(app, 'node_modules/.bin/nearfield');
  const env = { ...process.env, NEARFIELD_CACHE: join(app, 'cache'), NODE_OPTIONS: '' };
  const run = (program: string, ...words: string[]): string =>
    execFileSync(program, words, { cwd: app, encoding: 'utf8', env });
  const manifestOf = (folder: string): Manifest =>
    JSON.parse(readFileSync(join(app, folder, 'nearfield.json'), 'utf8')) as Manifest;
  run(nearfield, 'index', 'docs', '--words-only', '--out', 'words');
  const words = manifestOf('words');
  if (words.pages !== 2 || words.model) throw new Error(`Words: ${JSON.stringify(words)}`);
  // Its threads run from a file of their own; where one is not found, a warning says so.
  const said = run(nearfield, 'index', 'docs', '--threads', '2', '--json');
  const meant = manifestOf('docs/nearfield');
  if (meant.model?.model !== 'starter' || !meant.light) {
    throw new Error(`The starter: ${JSON.stringify(meant)}`);
  }
  if (said.includes('"warning"')) throw new Error(`The starter: ${said}`);
  run(process.execPath, 'build.mjs');
  if (JSON.stringify(manifestOf('built')) !== JSON.stringify(meant)) {
    throw new Error('nearfield/build: another index than the command gives');
  }
  console.log('✓ nearfield index, nearfield/build');
}

async function main(): Promise<void> {
  const app = makeProject();
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...BASE_FLAGS] });
  try {
    checkTypes(app);
    console.log('✓ types');
    verifyIndex(app);
    const ways: [string, string, () => Promise<Server>][] = [
      ['built by Vite', '', () => builtSite(app)],
      ['Vite’s development server', '', () => development(app)],
      ['no bundler', 'plain.html', () => serve(app, '.')],
    ];
    for (const [name, path, start] of ways) {
      const server = await start();
      verify(name, await visit(browser, server.url + path));
      await server.close();
    }
  } finally {
    await browser.close();
    rmSync(app, { recursive: true, force: true });
  }
}

await main();
