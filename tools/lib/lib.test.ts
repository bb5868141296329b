import { expect, it } from 'vitest';
import { packageFolders } from './notices.ts';
import { distWorkers } from './page.ts';
import { staticImports } from './static-imports.ts';
import { relativeImports, withJsEndings } from './types.ts';
import { plainUrls } from './worker.ts';

it('points the page at the built workers, from any depth of the sources', () => {
  const source = (path: string): string =>
    `new Worker(new URL('${path}', import.meta.url), { type: 'module', name: 'nearfield-embed' })`;
  const built = source('./workers/embed.worker.js');
  expect(distWorkers(source('../workers/embed.worker.ts'))).toBe(built);
  expect(distWorkers(source('../../workers/embed.worker.ts'))).toBe(built);
});

it('follows and renames relative imports of declarations, and no others', () => {
  const text = `export * from './contract/index.ts';\nimport type { A } from 'comlink';\nlet b: import('../b.ts').B;`;
  expect(relativeImports(text)).toEqual(['./contract/index', '../b']);
  expect(withJsEndings(text)).toBe(
    `export * from './contract/index.js';\nimport type { A } from 'comlink';\nlet b: import('../b.js').B;`,
  );
});

it('finds the innermost package of each module', () => {
  const ids = [
    '/r/src/a.ts',
    '\0/r/node_modules/a/x.js?url',
    '/r/node_modules/a/node_modules/@b/c/i.js',
  ];
  expect(packageFolders(ids)).toEqual(['/r/node_modules/a', '/r/node_modules/a/node_modules/@b/c']);
});

it('writes addresses of emitted files as plain strings, and hides those of others', () => {
  const code = 'a=new URL(`ort.wasm`,import.meta.url).href,b=new URL(`ort.mjs`,import.meta.url)';
  expect(plainUrls(code, (name) => name === 'ort.wasm')).toBe(
    'a=new URL("./ort.wasm",import.meta.url).href,b=new URL("ort.mjs",self.location.href)',
  );
});

it('tells what comes with a file from what it asks for later', () => {
  const code = `import{a as b}from"./shell.js";import"./side.js";export*from"../up.js";import("./later.js");`;
  expect(staticImports(code)).toEqual(['./shell.js', './side.js', '../up.js']);
});
