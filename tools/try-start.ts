/**
 * The gate's `site` step: builds the site as a person does, by `npm start`, and looks at what that
 * serves and says, to the documentation's index. A port that is taken or none at all must be said before the build.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { isolation } from '../vite.shared.ts';

const PATIENCE_MS = 180_000;
/** Embedding all of the documentation, at a low priority beside others. */
const INDEX_PATIENCE_MS = 600_000;

/** `npm start` as it runs, with all that it has printed. */
class Start {
  readonly #process: ChildProcess;
  readonly #ended: Promise<number>;
  #heard: () => void = () => undefined;
  text = '';

  constructor(port: string) {
    // A group of its own: npm, its shell and the server end together.
    this.#process = spawn('npm', ['start'], {
      detached: true,
      env: { ...process.env, PORT: port },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (chunk: Buffer): void => {
      this.text += chunk.toString();
      this.#heard();
    };
    this.#process.stdout?.on('data', hear);
    this.#process.stderr?.on('data', hear);
    this.#ended = new Promise((done) => this.#process.once('close', (code) => done(code ?? -1)));
  }

  /** The first thing it prints that is like this; throws what it said when it ends before. */
  printed(pattern: RegExp, patience: number): Promise<string> {
    return new Promise((found, failed) => {
      const late = setTimeout(
        () => failed(new Error(`No ${String(pattern)} yet:\n${this.text}`)),
        patience,
      );
      this.#heard = () => {
        const [text] = pattern.exec(this.text) ?? [];
        if (text === undefined) return;
        clearTimeout(late);
        found(text);
      };
      this.#heard();
      void this.#ended.then((code) => {
        clearTimeout(late);
        failed(new Error(`npm start ended with ${code}:\n${this.text}`));
      });
    });
  }

  async code(): Promise<number> {
    return this.#ended;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.pid !== undefined)
      process.kill(-this.#process.pid, 'SIGTERM');
    await this.#ended;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

function expectThat(what: string, holds: boolean, got: unknown): void {
  if (!holds) throw new Error(`npm start: ${what}; got ${String(got)}`);
}

async function expectIsolated(url: string): Promise<string> {
  const response = await fetch(url);
  expectThat(`${url} is served`, response.ok, response.status);
  for (const [name, value] of Object.entries(isolation)) {
    const sent = response.headers.get(name);
    expectThat(`${url} comes with ${name}: ${value}`, sent === value, sent);
  }
  return response.text();
}

async function expectSite(address: string, port: number): Promise<void> {
  expectThat('PORT is honoured', address === `http://127.0.0.1:${port}/`, address);
  const html = await expectIsolated(address);
  expectThat('the page is the demo', html.includes('<title>Nearfield'), html.slice(0, 200));
  const [, script = ''] = /<script type="module"[^>]*src="([^"]+)"/.exec(html) ?? [];
  // Workers are isolated by the headers of their own scripts.
  await expectIsolated(new URL(script, address).href);
}

async function expectRefusal(port: string, message: string): Promise<void> {
  const refused = new Start(port);
  const code = await refused.code();
  expectThat(`PORT=${port} fails`, code > 0, code);
  expectThat(`PORT=${port} says "${message}"`, refused.text.includes(message), refused.text);
}

const port = await freePort();
const start = new Start(String(port));
try {
  const address = await start.printed(/http:\/\/\S+/, PATIENCE_MS);
  await expectSite(address, port);
  await Promise.all([
    expectRefusal(String(port), `Port ${port} is taken. Choose another one: PORT=${port + 1}`),
    expectRefusal('http', 'PORT: expected 1 to 65535, got "http".'),
  ]);
  await start.printed(/The documentation can be searched/, INDEX_PATIENCE_MS);
  await expectIsolated(new URL('docs/nearfield/nearfield.json', address).href);
  console.log(`npm start built the site and served it, isolated, at the port it was given.`);
} finally {
  await start.stop();
}
