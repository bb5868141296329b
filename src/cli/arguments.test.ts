import { describe, expect, it } from 'vitest';
import { parseCommand, UsageError } from './arguments.ts';

const parse = (line: string): unknown =>
  parseCommand(line.split(' ').filter((word) => word !== ''));

describe('parseCommand', () => {
  it('takes a folder, and leaves all else to the defaults', () => {
    expect(parse('index ./dist')).toEqual({
      kind: 'index',
      options: { dir: './dist' },
      json: false,
      quiet: false,
      strict: false,
    });
  });

  it('takes every option', () => {
    expect(
      parse(
        'index -o out --base-url /docs/ --clean-urls --include a --include b --exclude c --feeds d ' +
          '--max-bytes 99 -m owner/name --model-name theirs --models-url m --hub-url h --revision r ' +
          '--dimensions 256 --no-light --no-queries --passage-tokens 100 --cache-dir k --threads 2 ' +
          '--simd simd128 --embed-url u --embed-model e --json --strict dist',
      ),
    ).toEqual({
      kind: 'index',
      options: {
        ...{ dir: 'dist', out: 'out', baseUrl: '/docs/', cleanUrls: true, maxBytes: 99 },
        ...{ include: ['a', 'b'], exclude: ['c'], feeds: ['d'], model: 'owner/name' },
        ...{ modelName: 'theirs', modelsUrl: 'm', hubUrl: 'h', revision: 'r', dimensions: 256 },
        ...{ light: false, queries: false, passageTokens: 100, cacheDir: 'k', threads: 2 },
        ...{ simd: 'simd128', embedUrl: 'u', embedModel: 'e' },
      },
      json: true,
      quiet: false,
      strict: true,
    });
  });

  it('knows words alone, help and version', () => {
    expect(parse('index --words-only x')).toMatchObject({ options: { model: false } });
    expect(parse('--help')).toEqual({ kind: 'help', of: 'nearfield' });
    expect(parse('index --help')).toEqual({ kind: 'help', of: 'index' });
    expect(parse('--version')).toEqual({ kind: 'version' });
  });

  it.each([
    ['', /Expected a command/],
    ['serve', /"serve"/],
    ['index', /one folder, got 0/],
    ['index a b', /one folder, got 2/],
    ['index a --nothing', /--nothing/],
    ['index a --out', /--out/],
    ['index a --threads two', /--threads: expected a whole number, got "two"/],
    ['index a --dimensions=-4', /--dimensions: expected a whole number/],
    ['index a --simd avx', /--simd: expected relaxed or simd128/],
    ['index a --json --quiet', /both/],
    ['index a --words-only --model starter', /both/],
  ])('refuses "%s"', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });
});
