import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IndexEvent } from '../indexing/index.ts';
import { writeFiles } from '../../tools/write-files.ts';
import { reporterOf } from './reporter.ts';
import { EXIT, run } from './run.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nearfield-cli-'));
  await writeFiles(dir, {
    'index.html': '<title>Owls</title><main>Owls hunt at night.</main>',
    'draft.md': '---\ndraft: true\n---\nBats',
  });
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function nearfield(line: string, columns?: number, signal?: AbortSignal): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const words = line.split(' ').map((word) => (word === 'DIR' ? dir : word));
  const streams = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    columns,
  };
  const code = await run(words, streams, signal ?? new AbortController().signal);
  return { code, out: out.join(''), err: err.join('') };
}

const INDEX = 'index DIR --words-only';

describe('run', () => {
  it('writes an index, and says what it did on standard output', async () => {
    const { code, out, err } = await nearfield(INDEX);
    expect(code).toBe(EXIT.done);
    expect(out).toMatch(/^Indexed 1 page, 1 passage \(0 embedded, 0 cached\) in \d+ s\n/);
    expect(out).toMatch(
      /Left out or in part: 1 draft\nWrote \d+ files, .*nearfield \([0-9a-f]{16}\)\n$/,
    );
    expect(err).toBe('1 page, 1 passage\n');
    const manifest = await readFile(join(dir, 'nearfield/nearfield.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ pages: 1 });
  });

  it('names pages that it could not read, and fails for them where it is to', async () => {
    expect((await nearfield(`${INDEX} --strict`)).code).toBe(EXIT.done);
    await writeFile(join(dir, 'photo.html'), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
    const { code, err } = await nearfield(`${INDEX} --strict`);
    expect(code).toBe(EXIT.problems);
    expect(err).toMatch(/^photo\.html: binary: /m);
    expect(err).not.toContain('draft.md');
    expect((await nearfield(INDEX)).code).toBe(EXIT.done);
  });

  it('gives one JSON value a line', async () => {
    const { code, out, err } = await nearfield(`${INDEX} --json`);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as IndexEvent);
    expect(code).toBe(EXIT.done);
    expect(err).toBe('');
    expect(events.map(({ kind }) => kind)).toContain('problem');
    expect(events.at(-1)).toMatchObject({ kind: 'done', report: { pages: 1, passages: 1 } });
  });

  it('gives errors in a line, with their code', async () => {
    const missing = await nearfield('index DIR/nothing --words-only --json');
    expect(missing.code).toBe(EXIT.usage);
    expect(missing.err).toMatch(/^nearfield: bad-input: dir: .*\n$/);
    expect(JSON.parse(missing.out)).toMatchObject({ kind: 'failed', code: 'bad-input' });
    const noModel = await nearfield('index DIR --models-url DIR');
    expect(noModel.code).toBe(EXIT.failed);
    expect(noModel.err).toMatch(/^nearfield: model-not-found: .*--models-url.*\n$/);
  });

  it('says which help to read', async () => {
    expect(await nearfield('index')).toMatchObject({
      code: EXIT.usage,
      out: '',
      err: 'nearfield: Expected one folder, got 0. See nearfield index --help\n',
    });
    expect((await nearfield('serve')).err).toContain('See nearfield --help');
  });

  it('tells of itself', async () => {
    expect((await nearfield('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, out } = await nearfield('index --help');
    expect(code).toBe(EXIT.done);
    expect(out).toMatch(/--embed-url/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  it('says nothing where it is to be quiet', async () => {
    expect(await nearfield(`${INDEX} --quiet`)).toEqual({ code: EXIT.done, out: '', err: '' });
  });

  it('is stopped by a signal', async () => {
    const stopped = await nearfield(INDEX, 80, AbortSignal.abort());
    expect(stopped.code).toBe(EXIT.stopped);
    expect(stopped.err).toContain('stopped; the index is as it was');
  });
});

describe('a terminal', () => {
  it('has one line of progress, which others take the place of', async () => {
    const { err, out } = await nearfield(INDEX, 40);
    expect(err).toContain('\r\u001b[KReading: 1 page');
    expect(err).toContain('\r\u001b[K1 page, 1 passage\n');
    expect(out).not.toContain('\u001b');
    for (const line of err.split(/\r|\n/)) {
      expect(line.replace('\u001b[K', '').length).toBeLessThan(40);
    }
  });

  it('shows how much is done', () => {
    const said: string[] = [];
    const write = (text: string): void => void said.push(text);
    const report = reporterOf(
      { out: write, err: write, columns: 80 },
      { json: false, quiet: false },
    );
    report({ kind: 'embedding', done: 50, total: 100, share: 0.5, secondsLeft: 120 });
    expect(said.join('')).toContain('━━━━━━━━━━━━──────────── Embedding: 50 of 100, 2 min left');
    // Too soon after the one before.
    report({ kind: 'embedding', done: 51, total: 100, share: 0.51 });
    expect(said).toHaveLength(1);
  });

  it('shows no more problems than anybody reads', () => {
    const said: string[] = [];
    const write = (text: string): void => void said.push(text);
    const report = reporterOf(
      { out: write, err: write, columns: undefined },
      { json: false, quiet: false },
    );
    for (let i = 0; i < 200; i++) {
      const problem = { path: `${i}.html`, code: 'empty', message: 'It has no text.' } as const;
      report({ kind: 'problem', problem });
    }
    expect(said).toHaveLength(50);
    expect(said.at(-1)).toContain('--json tells all of them');
  });
});
