/**
 * A stored collection as a page meets it: opening 100,000 passages from the disk, the first answer,
 * answers after that, and adding 1,000 more; files, database, bridge and all, in a profile on the disk.
 * Ours alone: the figures are beside the goals. `npm run bench:collection -- [--rows N]
 * [--dimensions N] [--dry]`
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import type {} from './collection/page.ts';
import { BASE_FLAGS, findBrowser } from '../tools/browser.ts';
import { browserName, serve } from './browser.ts';
import { ownRow, publishInto } from './results.ts';

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '1024' },
    dry: { type: 'boolean', default: false },
  },
});
const asked = [Number(given.rows), Number(given.dimensions)] as const;
const OPENINGS = 5;
const QUESTIONS = 40;
const APPENDED = 1000;
const APPENDS = 5;

const server = await serve('bench/collection/vite.config.ts');
const profile = mkdtempSync(join(tmpdir(), 'nearfield-bench-'));
// Not a private window: there each read of a file is a message to another process.
const context = await chromium.launchPersistentContext(profile, {
  executablePath: findBrowser(),
  args: [...BASE_FLAGS],
});
try {
  const page = await context.newPage();
  const goto = async (): Promise<void> => {
    await page.goto(server.url);
    await page.waitForFunction(() => 'append' in globalThis);
  };
  await goto();
  const fill = await page.evaluate(
    ([rows, dimensions]) => globalThis.fill(rows, dimensions),
    asked,
  );
  console.log(`Filled in ${Math.round(fill)} ms.`);
  const opened: { open: number; first: number }[] = [];
  for (let i = 0; i < OPENINGS; i++) {
    await goto();
    opened.push(
      await page.evaluate(([rows, dimensions]) => globalThis.openStored(rows, dimensions), asked),
    );
  }
  const answers: Record<string, number[]> = {};
  for (const mode of ['vector', 'lexical', 'hybrid'] as const) {
    answers[mode] = await page.evaluate(([mode, times]) => globalThis.answers(mode, times), [
      mode,
      QUESTIONS,
    ] as const);
  }
  const append = await page.evaluate(([count, times]) => globalThis.append(count, times), [
    APPENDED,
    APPENDS,
  ] as const);
  // After the appends: new rows are among the answers.
  const recall = await page.evaluate((times) => globalThis.recall(times), QUESTIONS);
  const of = (name: string, ours: readonly number[]) =>
    ownRow({ case: `${asked[0]} x ${asked[1]}`, metric: name, unit: 'ms', ours });
  const rows = [
    of('fill', [fill]),
    of(
      'open',
      opened.map(({ open }) => open),
    ),
    of(
      'first answer after it',
      opened.map(({ first }) => first),
    ),
    ...Object.entries(answers).map(([mode, times]) => of(`answer, ${mode}`, times)),
    of(`append ${APPENDED}`, append),
    ownRow({
      ...{ case: `${asked[0]} x ${asked[1]}`, metric: `recall@10, ${QUESTIONS} questions` },
      ...{ unit: 'share', ours: [recall] },
    }),
  ];
  if (given.dry) console.table(rows);
  else publishInto('collection', browserName(), rows);
} finally {
  await context.close();
  await server.close();
  rmSync(profile, { recursive: true });
}
