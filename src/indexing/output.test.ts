import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildSite, type BuiltSite } from '../site/index.ts';
import { openOutput, writeOutput, type Written } from './output.ts';

let dir: string;
let out: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nearfield-out-'));
  out = join(dir, 'nearfield');
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function build(text: string): Promise<BuiltSite> {
  return buildSite({ passages: [{ url: '/', title: 'A page', text }] });
}

const quiet = { signal: undefined, onFile: () => undefined, onWarning: () => undefined };

async function write(text: string, signal?: AbortSignal): Promise<Written & { site: string }> {
  const site = await build(text);
  const output = await openOutput(dir, undefined);
  const options = { ...quiet, signal };
  return { ...(await writeOutput(output, site, options)), site: site.site };
}

async function manifest(): Promise<{ site: string }> {
  return JSON.parse(await readFile(join(out, 'nearfield.json'), 'utf8')) as { site: string };
}

describe('writeOutput', () => {
  it('writes a build and what names it', async () => {
    const { site, files } = await write('owls');
    expect(await manifest()).toMatchObject({ site });
    expect(await readdir(join(out, site))).toHaveLength(files - 1);
    expect((await readdir(out)).sort()).toEqual([site, 'nearfield.json'].sort());
  });

  it('keeps the build that was replaced, and removes older ones', async () => {
    const [first, second] = [await write('owls'), await write('bats')];
    expect(second.removed).toEqual([]);
    const third = await write('newts');
    expect(third.removed).toEqual([first.site]);
    expect((await readdir(out)).sort()).toEqual([second.site, third.site, 'nearfield.json'].sort());
  });

  it('leaves files that are as they should be, and removes nothing then', async () => {
    const [first, second] = [await write('owls'), await write('bats')];
    const file = join(out, second.site, 'root-0.bin');
    const { mtimeMs, ino } = await stat(file);
    expect((await write('bats')).removed).toEqual([]);
    expect(await stat(file)).toMatchObject({ mtimeMs, ino });
    expect(await readdir(out)).toContain(first.site);
  });

  it('mends a file of the build that is damaged', async () => {
    const { site } = await write('owls');
    const file = join(out, site, 'root-0.bin');
    const bytes = await readFile(file);
    await writeFile(file, 'cut');
    await write('owls');
    expect(await readFile(file)).toEqual(bytes);
  });

  it('removes nothing that is not its own', async () => {
    const strange = ['0123456789abcdef', 'fedcba9876543210', 'images', '0123456789abcdeF'];
    for (const name of strange) {
      await mkdir(join(out, name), { recursive: true });
      await writeFile(join(out, name, 'terms-0.bin'), '');
    }
    await writeFile(join(out, strange[0]!, 'thesis.docx'), '');
    await mkdir(join(out, strange[1]!, 'terms-1.bin'));
    await writeFile(join(out, 'aaaaaaaaaaaaaaaa'), 'a file');
    await write('owls');
    await write('bats');
    expect(await readdir(out)).toEqual(expect.arrayContaining([...strange, 'aaaaaaaaaaaaaaaa']));
    expect(await readdir(join(out, strange[0]!))).toHaveLength(2);
  });

  it.each([
    ['of the wrong name', 'thesis-1.bin', (bytes: Buffer) => bytes],
    ['with another beginning', 'root-0.bin', (bytes: Buffer) => bytes.fill(0, 0, 4)],
    ['of another site', 'root-0.bin', (bytes: Buffer) => bytes.fill(0, 24, 28)],
    ['that is cut', 'root-0.bin', (bytes: Buffer) => bytes.subarray(0, 20)],
  ])('removes no folder with a file %s', async (_, name, change) => {
    const { site } = await write('owls');
    const root = await readFile(join(out, site, 'root-0.bin'));
    await writeFile(join(out, site, name), change(root));
    await write('bats');
    expect((await write('newts')).removed).toEqual([]);
    expect(await readdir(out)).toContain(site);
  });

  it('removes no empty folder, but what a killed process left in a build', async () => {
    const { site } = await write('owls');
    await writeFile(join(out, site, 'terms-0.bin.4711.tmp'), '');
    await mkdir(join(out, '0123456789abcdef'));
    await write('bats');
    expect((await write('newts')).removed).toEqual([site]);
    expect(await readdir(out)).toContain('0123456789abcdef');
  });

  it.each(['the manifest', 'a file'])('comes out with what was thrown after %s', async (after) => {
    const former = await write('owls');
    const next = await build('bats');
    const mine = new Error('mine');
    const last = after === 'the manifest' ? [...(await build('bats')).files].length + 1 : 1;
    const onFile = ({ files }: Written): void => {
      if (files === last) throw mine;
    };
    const output = await openOutput(dir, undefined);
    await expect(writeOutput(output, next, { ...quiet, onFile })).rejects.toBe(mine);
    const { site } = await manifest();
    expect(site).toBe(after === 'the manifest' ? next.site : former.site);
    expect(await readdir(join(out, site))).toContain('root-0.bin');
    expect((await readdir(out)).includes(next.site)).toBe(after === 'the manifest');
  });

  it('takes back only what it made, and nothing that is published meanwhile', async () => {
    const next = await build('bats');
    const output = await openOutput(dir, undefined);
    const failing = async (before: () => Promise<void>): Promise<Written> => {
      const controller = new AbortController();
      const onFile = (): void => controller.abort();
      const options = { ...quiet, signal: controller.signal, onFile };
      await before();
      return writeOutput(output, await build('bats'), options);
    };
    const other = async (): Promise<void> => {
      await mkdir(join(out, next.site), { recursive: true });
      await writeFile(join(out, next.site, 'of-another'), '');
    };
    await expect(failing(other)).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(join(out, next.site))).toEqual(['of-another']);
    const published = async (): Promise<void> => {
      await writeFile(join(out, 'nearfield.json'), next.manifest.bytes);
    };
    await expect(failing(published)).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(join(out, next.site))).toHaveLength(2);
  });

  it('fails typed, and leaves nothing half written', async () => {
    const next = await build('bats');
    await mkdir(join(out, next.site, 'root-0.bin'), { recursive: true });
    await expect(writeOutput(await openOutput(dir, undefined), next, quiet)).rejects.toMatchObject({
      code: 'storage',
    });
    const left = await readdir(out, { recursive: true });
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('warns where former builds cannot be looked at', async () => {
    const next = await build('bats');
    const warnings: string[] = [];
    const onFile = (): void => {
      if (existsSync(join(out, 'nearfield.json'))) rmSync(out, { recursive: true });
    };
    const onWarning = (message: string): void => void warnings.push(message);
    const output = await openOutput(dir, undefined);
    const written = await writeOutput(output, next, { ...quiet, onFile, onWarning });
    expect(written.removed).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/could not be removed: .*ENOENT/)]);
  });

  it('leaves the former index when it is stopped', async () => {
    const { site } = await write('owls');
    const controller = new AbortController();
    const next = await build('bats');
    const output = await openOutput(dir, undefined);
    const onFile = ({ files }: Written): void => {
      if (files === 2) controller.abort();
    };
    await expect(
      writeOutput(output, next, { ...quiet, signal: controller.signal, onFile }),
    ).rejects.toMatchObject({ code: 'aborted' });
    expect(await manifest()).toMatchObject({ site });
    expect(await readdir(out)).not.toContain(next.site);
  });
});

describe('openOutput', () => {
  it('names itself to the crawl where it is inside', async () => {
    expect(await openOutput(dir, undefined)).toMatchObject({
      path: out,
      exclude: ['nearfield', 'nearfield/**'],
      former: undefined,
    });
    const strange = join(dir, 'a [b]', '(c)');
    expect((await openOutput(dir, strange)).exclude[0]).toBe('a \\[b\\]/\\(c\\)');
    expect((await openOutput(dir, join(tmpdir(), 'elsewhere'))).exclude).toEqual([]);
  });

  it('is found through a link, too', async () => {
    await mkdir(join(dir, 'real'));
    await symlink(join(dir, 'real'), join(dir, 'linked'));
    const { exclude } = await openOutput(dir, join(dir, 'linked', 'index'));
    expect(exclude[0]).toBe('real/index');
  });

  it.each([
    ['the folder of the site', async () => dir],
    [
      'a file',
      async () => {
        await writeFile(out, '');
        return out;
      },
    ],
    [
      'a folder with another nearfield.json',
      async () => {
        await mkdir(out);
        await writeFile(join(out, 'nearfield.json'), '{"pooling":"mean"}');
        return out;
      },
    ],
    [
      'a folder whose nearfield.json is a folder',
      async () => {
        await mkdir(join(out, 'nearfield.json'), { recursive: true });
        return out;
      },
    ],
  ])('refuses %s', async (_, place) => {
    await expect(openOutput(dir, await place())).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('refuses a site that is not there', async () => {
    await expect(openOutput(join(dir, 'nowhere'), undefined)).rejects.toMatchObject({
      code: 'bad-input',
    });
  });
});
