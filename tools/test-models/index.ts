/** Writes the seeded models into a folder: no Python, no download, no committed weights. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { BERT_NAMES, type BertName } from './bert/config.ts';
import { writeBertFolder } from './bert/folder.ts';
import { writeFolder } from './folder.ts';
import { MODEL_NAMES, type ModelName } from './models.ts';
import { SeededWeights } from './seeded.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SOURCES = [
  'tools/test-models',
  'tools/test-models/bert',
  'tools/test-models/fixtures',
  'tools/golden',
  'src/onnx',
];

type TestModelName = ModelName | BertName;
const NAMES: readonly TestModelName[] = [...MODEL_NAMES, ...BERT_NAMES];

/** Folders of the written models, by name. */
export type TestModels = Record<TestModelName, string>;

/** Does nothing when the folder is up to date with the sources that make it. */
export async function writeTestModels(
  folder = join(ROOT, '.cache/test-models'),
): Promise<TestModels> {
  const stamp = await stampOfSources();
  const weights = new SeededWeights();
  for (const name of NAMES) await writeIfStale(folder, name, stamp, weights);
  const paths = NAMES.map((name) => [name, join(folder, name)] as const);
  return Object.fromEntries(paths) as TestModels;
}

async function writeIfStale(
  folder: string,
  name: TestModelName,
  stamp: string,
  weights: SeededWeights,
): Promise<void> {
  const target = join(folder, name);
  const stampFile = join(target, '.stamp');
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return;
  await mkdir(folder, { recursive: true });
  // Made aside and moved in whole: a second writer, or a reader, never sees half a model.
  const made = await mkdtemp(join(folder, `.${name}-`));
  await (isBert(name) ? writeBertFolder(made, name) : writeFolder(made, name, weights));
  await writeFile(join(made, '.stamp'), stamp);
  await rm(target, { recursive: true, force: true });
  await rename(made, target).catch(async (error: unknown) => {
    await rm(made, { recursive: true, force: true });
    const other = await readFile(stampFile, 'utf8').catch(() => '');
    if (other !== stamp) throw error;
  });
}

function isBert(name: TestModelName): name is BertName {
  return (BERT_NAMES as readonly string[]).includes(name);
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
  return /\.(ts|json|onnx)$/.test(name) && !name.endsWith('.test.ts');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await writeTestModels(argv[2]));
}
