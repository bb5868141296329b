import { describe, expect, it } from 'vitest';
import { parseListing } from './listing.ts';

const COMMIT = 'c'.repeat(40);
const hash = 'a'.repeat(64);

describe('parseListing', () => {
  const listing = (...siblings: unknown[]) => parseListing({ sha: COMMIT, siblings })?.files;

  it.each([
    null,
    [],
    {},
    { sha: COMMIT },
    { sha: 'main', siblings: [] },
    { sha: 7, siblings: [] },
    { sha: COMMIT, siblings: {} },
    { siblings: [] },
  ])('takes %j for no listing', (value) => {
    expect(parseListing(value)).toBeUndefined();
  });

  it('leaves out paths that lead out of the folder, and entries that are none', () => {
    const paths = ['../../x', '/etc/passwd', 'a/../b', 'C:\\x', 'http://host/x', 'a//b', './a', 7];
    const siblings = paths.map((rfilename) => ({ rfilename }));
    expect(listing(...siblings, null, 'text', [], {}, { rfilename: 'ok.json' })).toEqual([
      { path: 'ok.json' },
    ]);
  });

  it('leaves out sizes and hashes that are none', () => {
    const odd = [-1, 1.5, '7', 2 ** 60, null].map((size) => ({ rfilename: 'a', size }));
    expect(listing(...odd)).toEqual(odd.map(() => ({ path: 'a' })));
    const lfs = [{ sha256: 'short' }, { sha256: hash.toUpperCase() }, hash, null];
    expect(listing(...lfs.map((each) => ({ rfilename: 'a', lfs: each })))).toEqual(
      lfs.map(() => ({ path: 'a' })),
    );
    expect(listing({ rfilename: 'a', size: 7, lfs: { sha256: hash } })).toEqual([
      { path: 'a', bytes: 7, sha256: hash },
    ]);
  });
});
