/**
 * What fewer dimensions and fewer bits cost: recall by width, precision and candidates, of seeded
 * vectors of 1,024 values and of the starter's of WordNet (`npm run bench:wordnet` first), both cut to
 * their first values; and the times of our index where it has the mode. Recall is arithmetic in Node,
 * times are from the browser.
 * `npm run bench:dims -- [--corpus structured,wordnet] [--only recall|times] [--questions 200] [--dry]`
 */

import { parseArgs } from 'node:util';
import { chosen } from './arguments.ts';
import { browserName, openStage } from './browser.ts';
import { recallRows } from './dims/recall.ts';
import { speedRows } from './dims/speed.ts';
import { publishInto, type OwnRow } from './results.ts';
import { openVectors, structured, WORDNET, type Corpus } from './search/corpora.ts';
import { readList } from './wordnet/vectors.ts';

const CORPORA = ['structured', 'wordnet'] as const;
const PARTS = ['recall', 'times'] as const;

const { values: given } = parseArgs({
  options: {
    corpus: { type: 'string', default: CORPORA.join(',') },
    only: { type: 'string', default: PARTS.join(',') },
    questions: { type: 'string', default: '200' },
    rounds: { type: 'string', default: '5' },
    dry: { type: 'boolean', default: false },
  },
});

/** The whole width first. Neither kind of vector was made to be cut. */
const WIDTHS: Readonly<Record<Corpus['name'], readonly number[]>> = {
  structured: [1024, 512, 256, 128],
  wordnet: [384, 256, 192, 128],
};

const WHOLE: Readonly<Record<Corpus['name'], Corpus>> = {
  structured: structured(100_000, 1024),
  wordnet: WORDNET,
};

const MEASURE: Readonly<Record<(typeof PARTS)[number], (corpus: Corpus) => Promise<OwnRow[]>>> = {
  recall: async (corpus) => {
    const vectors = await openVectors(corpus, (list) => Promise.resolve(readList(list)));
    return recallRows(corpus, vectors, WIDTHS[corpus.name], Number(given.questions));
  },
  times: async (corpus) => {
    const stage = await openStage('bench/search/vite.config.ts');
    try {
      const rows: OwnRow[] = [];
      for (const dimensions of WIDTHS[corpus.name]) {
        const page = await stage.freshPage();
        page.setDefaultTimeout(0);
        await page.goto(stage.url);
        await page.waitForFunction(() => globalThis.build !== undefined);
        rows.push(...(await speedRows(page, { ...corpus, dimensions }, Number(given.rounds))));
        await page.context().close();
      }
      return rows;
    } finally {
      await stage.close();
    }
  },
};

const parts = chosen('only', given.only, PARTS);
for (const name of chosen('corpus', given.corpus, CORPORA)) {
  for (const part of parts) {
    const rows = await MEASURE[part](WHOLE[name]);
    if (given.dry) console.table(rows);
    else publishInto('dims', browserName(), rows);
  }
}
