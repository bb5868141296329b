/** Finds a Chromium to test with and says how to start it; asks for no set-up where it can help it. */

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';

/** Containers have no user namespaces for the sandbox; the rest keeps the browser off the network. */
export const BASE_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGPU on the processor: slow, but the same code paths as on a graphics card. */
export const WEBGPU_FLAGS: readonly string[] = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const ADVICE =
  'No Chromium found. Set CHROMIUM to the path of one, or run `npx playwright install chromium`.';

/** The places to look, handed in so that their order can be tested. */
export interface Lookups {
  /** Value of $CHROMIUM. */
  named: string | undefined;
  isProgram(path: string): boolean;
  onPath(name: string): string | undefined;
  playwrights(): string | undefined;
  /** Installs Debian's package where that is allowed; gives its path. */
  debians(): string | undefined;
}

export function findBrowserWith(lookups: Lookups): string {
  if (lookups.named !== undefined && lookups.named !== '') {
    if (lookups.isProgram(lookups.named)) return lookups.named;
    throw new Error(`CHROMIUM names ${lookups.named}, which is not a program.`);
  }
  for (const name of NAMES) {
    const path = lookups.onPath(name);
    if (path !== undefined) return path;
  }
  const path = lookups.playwrights() ?? lookups.debians();
  if (path === undefined) throw new Error(ADVICE);
  return path;
}

export function findBrowser(): string {
  return findBrowserWith({
    named: process.env['CHROMIUM'],
    isProgram,
    onPath,
    playwrights: () => {
      const path = chromium.executablePath();
      return existsSync(path) ? path : undefined;
    },
    debians: installDebians,
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function installDebians(): string | undefined {
  const root = rootPrefix();
  if (root === undefined || onPath('apt-get') === undefined) return undefined;
  console.error('Installing Debian’s chromium package …');
  try {
    // apt's chatter goes to stderr: callers may read our stdout.
    const stdio = ['ignore', 2, 2] as const;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...words: string[]): void => {
      const [program = 'apt-get', ...rest] = [...root, 'apt-get', ...words];
      execFileSync(program, rest, { stdio: [...stdio], env });
    };
    apt('update', '-q');
    apt('install', '-y', '-q', '--no-install-recommends', 'chromium');
  } catch {
    return undefined;
  }
  return onPath('chromium');
}

/** Words that make a command run as root; undefined where that would need a password. */
function rootPrefix(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n'];
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(findBrowser());
