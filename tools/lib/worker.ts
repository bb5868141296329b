import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { build, type Rolldown } from 'vite';
import { ortConditions } from '../../vite.shared.ts';
import { kernels } from '../kernels.ts';

/** Gives the ids of all bundled modules. */
export async function bundleWorker(name: string, outDir: string): Promise<string[]> {
  const result = (await build({
    configFile: false,
    logLevel: 'warn',
    base: './',
    plugins: [kernels()],
    resolve: { conditions: ortConditions },
    build: {
      outDir,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        input: { [name]: `workers/${name}.ts` },
        output: {
          entryFileNames: '[name].js',
          assetFileNames: '[name][extname]',
          codeSplitting: false,
        },
      },
    },
  })) as Rolldown.RolldownOutput;
  const file = `${outDir}/${name}.js`;
  await writeFile(
    file,
    plainUrls(await readFile(file, 'utf8'), (path) => existsSync(`${outDir}/${path}`)),
  );
  return result.output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}

/**
 * Addresses of emitted files become plain strings, since not every bundler reads the minifier's
 * template literals. ORT also addresses its own script, which is no file any more: bundlers must
 * not go looking for it.
 */
export function plainUrls(code: string, emitted: (name: string) => boolean): string {
  return code.replace(/new URL\(`(?:\.\/)?([^`$]+)`,\s*import\.meta\.url\)/g, (_, name: string) =>
    emitted(name)
      ? `new URL("./${name}",import.meta.url)`
      : `new URL("${name}",self.location.href)`,
  );
}
