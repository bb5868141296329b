import { rolldown, type Plugin } from 'rolldown';

/** The library's own file, which a widget loads for the index's own model and nothing else. */
const FRONT_DOOR = /[\\/]src[\\/]index\.ts$/;

const plugin: Plugin = {
  name: 'front-door-beside',
  async resolveId(source, importer) {
    const resolved = await this.resolve(source, importer, { skipSelf: true });
    if (!resolved || !FRONT_DOOR.test(resolved.id)) return undefined;
    return { id: './index.js', external: 'relative' };
  },
};

/**
 * Minified, as a script tag has it and no bundler makes it smaller. What its chunks are called begins
 * with `widget`. Gives the ids of all bundled modules.
 */
export async function bundleWidget(dir: string): Promise<string[]> {
  const bundle = await rolldown({
    input: { widget: 'src/widget/index.ts' },
    platform: 'browser',
    plugins: [plugin],
  });
  const { output } = await bundle.write({
    dir,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'widget-[name]-[hash].js',
    comments: { legal: false },
    minify: true,
  });
  return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
}
