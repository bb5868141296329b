/** Writes the benchmarks' models into a folder: full-size, seeded, nothing downloaded. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { writeBenchFolder, type FolderContent } from './folder.ts';
import { BENCH_MODELS, SHAPES, type ShapeName } from './shapes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SOURCES = ['tools/bench-models', 'tools/test-models'];

/** q4 and q4f16 with unquantised tables, as published; the siblings' tables are 4-bit for their size. */
function contentOf(name: ShapeName): FolderContent {
  if (name !== 'qwen3-0.6b') return { onnx: { q4: { linear4: true, table4: true } }, gguf: false };
  return { onnx: { q4: { linear4: true }, q4f16: { linear4: true, half: true } }, gguf: true };
}

/** Folder of a written model. Does nothing when it is up to date with the sources that make it. */
export async function writeBenchModel(name: ShapeName): Promise<string> {
  const target = join(BENCH_MODELS, name);
  const stamp = await stampOfSources();
  const stampFile = join(target, '.stamp');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return target;
  await mkdir(BENCH_MODELS, { recursive: true });
  // Made aside and moved in whole: an interrupted run leaves no half model behind.
  const made = await mkdtemp(join(BENCH_MODELS, `.${name}-`));
  try {
    await writeBenchFolder(made, SHAPES[name], contentOf(name));
    await writeFile(join(made, '.stamp'), stamp);
    await rm(target, { recursive: true, force: true });
    await rename(made, target);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return target;
}

async function stampOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const names = await readdir(join(ROOT, source));
    for (const name of names.sort().filter(isSource)) {
      hash.update(`${source}/${name}\0`).update(await readFile(join(ROOT, source, name)));
    }
  }
  return hash.digest('hex');
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const asked = argv.slice(2);
  for (const name of Object.keys(SHAPES) as ShapeName[]) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(await writeBenchModel(name));
  }
}
