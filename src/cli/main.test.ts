import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFiles } from '../../tools/write-files.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nearfield-main-'));
  await writeFiles(dir, { 'index.html': '<title>Owls</title><main>Owls hunt at night.</main>' });
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

interface Started {
  child: ChildProcess;
  /** Exit code, and what was written to standard error. */
  ended: Promise<{ code: unknown; err: string }>;
}

function start(...words: string[]): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'index', dir, ...words]);
  let err = '';
  child.stderr.on('data', (data) => (err += String(data)));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as unknown, err })) };
}

it('ends quietly where nobody reads what it says', async () => {
  // Told while pages are still read.
  await writeFiles(dir, { 'a.md': '---\ndraft: true\n---\nBats' });
  const { child, ended } = start('--words-only', '--json');
  child.stdout?.destroy();
  expect(await ended).toEqual({ code: 141, err: '' });
  expect(existsSync(join(dir, 'nearfield/nearfield.json'))).toBe(false);
}, 60_000);

it('ends as a terminated process does', async () => {
  // A hub that never answers.
  const hub = createServer().listen(0, '127.0.0.1');
  await once(hub, 'listening');
  const { port } = hub.address() as AddressInfo;
  try {
    const cache = ['--cache-dir', join(dir, 'cache')];
    const { child, ended } = start(
      '--model',
      'a/b',
      '--hub-url',
      `http://127.0.0.1:${port}`,
      ...cache,
    );
    await once(hub, 'request');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({
      code: 143,
      err: expect.stringContaining('stopped') as string,
    });
  } finally {
    hub.closeAllConnections();
    hub.close();
  }
}, 60_000);
