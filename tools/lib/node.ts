import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { kernelUrl } from '../../src/kernels/index.ts';

/** Entries for site generators, by what they are imported as. */
export const INTEGRATIONS = ['vite', 'astro', 'docusaurus', 'vitepress', 'eleventy'];

/** All in one folder: threads and kernels are addressed beside whatever names them. */
const INPUT = {
  nearfield: 'src/cli/main.ts',
  build: 'src/indexing/index.ts',
  thread: 'src/node/thread.ts',
  ...Object.fromEntries(INTEGRATIONS.map((name) => [name, `src/integrations/${name}.ts`])),
};

/** The command, the programmatic build and their thread, for Node without TypeScript. Gives the ids of all bundled modules. */
export async function bundleNode(dir: string): Promise<string[]> {
  const bundle = await rolldown({ input: INPUT, platform: 'node' });
  const { output } = await bundle.write({
    dir,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: { legal: false },
  });
  await mkdir(`${dir}/build`, { recursive: true });
  for (const simd of ['relaxed', 'simd128'] as const) {
    for (const shared of [false, true]) {
      const file = fileURLToPath(kernelUrl(simd, shared));
      await copyFile(file, `${dir}/build/${file.split(/[\\/]/).at(-1)!}`);
    }
  }
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}
