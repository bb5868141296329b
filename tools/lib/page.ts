import { rolldown, type Plugin } from 'rolldown';

const SPAWN = /new URL\(\s*'(?:\.\.\/)+workers\/([\w-]+\.worker)\.ts',\s*import\.meta\.url,?\s*\)/g;

/**
 * Sources name a worker by its TypeScript file; the package by its built one. Page code sits at the
 * root of dist/, so the path is the same from every chunk.
 */
export function distWorkers(code: string): string {
  return code.replace(SPAWN, "new URL('./workers/$1.js', import.meta.url)");
}

const plugin: Plugin = {
  name: 'dist-workers',
  transform: (code) => distWorkers(code),
};

/** Gives the ids of all bundled modules. */
export async function bundlePage(input: Record<string, string>, dir: string): Promise<string[]> {
  const bundle = await rolldown({ input, platform: 'browser', plugins: [plugin] });
  const { output } = await bundle.write({
    dir,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: false },
  });
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}
