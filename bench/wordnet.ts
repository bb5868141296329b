/**
 * Embeds WordNet with the starter on our kernels, once, for benchmarks of real vectors: 117,791 words
 * with their definitions as passages, and definitions, example sentences and words of the senses that
 * searches are tested on (wordnet/texts.ts). Files are kept in .cache/wordnet; a stopped run goes on.
 * `npm run bench:wordnet -- [--processes 2]`: Node 22 and later have relaxed SIMD, which halves the time.
 */

import { parseArgs } from 'node:util';
import { chooseSimd } from '../src/kernels/index.ts';
import { buildKernels } from '../tools/kernels.ts';
import { checkSample } from './wordnet/check.ts';
import { Embedders } from './wordnet/embedders.ts';
import { LISTS } from './wordnet/texts.ts';
import { embedList, type Progress } from './wordnet/vectors.ts';

const { values: given } = parseArgs({ options: { processes: { type: 'string', default: '2' } } });

const simd = chooseSimd('auto');
if (simd === undefined) throw new Error('This Node has no WASM SIMD');

/** Prints how far a list is, at most every ten seconds. */
function reporter(list: string): (progress: Progress) => void {
  const start = performance.now();
  let told = start;
  return ({ before, done, rows }) => {
    const now = performance.now();
    if (now - told < 10_000 && done < rows) return;
    told = now;
    const rate = (done - before) / ((now - start) / 1000);
    const minutes = (rows - done) / rate / 60;
    console.log(
      `${list}: ${done} of ${rows}, ${rate.toFixed(0)} a second, ${minutes.toFixed(1)} min left`,
    );
  };
}

await buildKernels();
const embedders = new Embedders(Number(given.processes), simd);
for (const list of LISTS) await embedList(list, simd, embedders, reporter(list));
embedders.close();
await checkSample();
