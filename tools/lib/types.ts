import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const STAGE = '.cache/lib-types';

/** A relative import or re-export in a declaration file, or an `import('…')` type. */
const RELATIVE = /(from\s+|import\()'(\.{1,2}\/[^']+)\.ts'/g;

/** Emits declarations of all that the entries import, then keeps what their types lead to. */
export async function emitTypes(entries: readonly string[], dist: string): Promise<void> {
  await rm(STAGE, { recursive: true, force: true });
  execFileSync('npx', ['tsc', '-p', 'tsconfig.lib.json', '--outDir', STAGE], { stdio: 'inherit' });
  const done = new Set<string>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (done.has(path)) continue;
    done.add(path);
    const text = await readFile(join(STAGE, path), 'utf8');
    queue.push(...relativeImports(text).map((next) => join(dirname(path), `${next}.d.ts`)));
    await mkdir(dirname(join(dist, path)), { recursive: true });
    await writeFile(join(dist, path), withJsEndings(text));
  }
}

/** Paths without their endings. */
export function relativeImports(declarations: string): string[] {
  return [...declarations.matchAll(RELATIVE)].map((match) => match[2]!);
}

/** Type resolvers look for the .d.ts beside a .js, whatever their settings. */
export function withJsEndings(declarations: string): string {
  return declarations.replace(RELATIVE, "$1'$2.js'");
}
