/** `npm start`: builds demo and documentation and serves them, isolated, at an address that it prints. */

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { constants, setPriority } from 'node:os';
import { build, preview } from 'vite';
import { buildDocs } from './docs/build.ts';

const HOST = '127.0.0.1';

function wantedPort(): number {
  const text = process.env['PORT'] ?? '5173';
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`PORT: expected 1 to 65535, got "${text}".`);
}

/** Asked before the build, which takes longer than the answer. */
function checkFree(port: number): Promise<void> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', () => {
      failed(new Error(`Port ${port} is taken. Choose another one: PORT=${port + 1} npm start`));
    });
    probe.listen(port, HOST, () => probe.close(() => done()));
  });
}

/** Beside the server, which is there first: whoever looks at the page has the cores until then. */
function indexDocs(): void {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tools/docs/main.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  child.once('close', (code) => {
    console.log(
      code === 0
        ? 'The documentation can be searched.'
        : 'The documentation has no index: see above why.',
    );
  });
  process.once('exit', () => child.kill());
}

async function main(): Promise<void> {
  const port = wantedPort();
  await checkFree(port);
  await build({ logLevel: 'warn' });
  await buildDocs('site/docs', false);
  await preview({ preview: { host: HOST, port, strictPort: true } });
  console.log(`\nNearfield is at http://${HOST}:${port}/ (Ctrl+C stops it)`);
  indexDocs();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
