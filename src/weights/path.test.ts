import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, type ModelSpec } from '../contract/index.ts';
import { isSafePath } from './path.ts';
import { remoteFile } from './plan.ts';

describe('isSafePath', () => {
  const part = fc.oneof(
    fc.constantFrom('..', '.', '', '%2e%2e', '\\', 'onnx', '?', '#', ':', '\t', '\ud800', 'ß'),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const paths = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('/'));

  it('lets through only paths whose URL lies below the folder', () => {
    const base = 'https://host/a/b/';
    const model = { base, folder: '', immutable: false, settled: false, warnings: [] };
    fc.assert(
      fc.property(paths, (path) => {
        fc.pre(isSafePath(path));
        const { url } = remoteFile({ ...model, spec: CATALOGUE['starter'] as ModelSpec }, { path });
        const { href, search, hash: fragment, pathname } = new URL(url);
        expect(href.startsWith(base)).toBe(true);
        expect(search + fragment).toBe('');
        expect(decodeURIComponent(pathname)).toBe(`/a/b/${path}`);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['onnx/model.onnx', 'a b.json', '1_Pooling/config.json', '...', 'ünïcode/日本'])(
    'lets %j through',
    (path) => {
      expect(isSafePath(path)).toBe(true);
    },
  );
});
