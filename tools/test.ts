/** The whole gate: every check, one stage after another, until one fails. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { findBrowser } from './browser.ts';
import { readCounts, type Counts } from './test-counts.ts';

interface Step {
  name: string;
  command: string;
  /** Report of a step that runs tests. */
  report?: string;
}

const RESULTS = '.cache/results';

/** Lanes of a stage run beside each other: what reads the code takes one core a lane. */
const STAGES: readonly (readonly (readonly Step[])[])[] = [
  // What refers to the modules finds them, whichever check comes first.
  [[{ name: 'kernels', command: 'npm run -s build:kernels' }]],
  [
    [{ name: 'lint', command: 'npm run -s check:lint' }],
    [
      { name: 'format', command: 'npm run -s check:format' },
      { name: 'types', command: 'npm run -s check:types' },
      { name: 'import arrows', command: 'npm run -s check:arrows' },
      { name: 'unused code', command: 'npm run -s check:unused' },
    ],
  ],
  [
    [
      vitest('unit'),
      vitest('browser'),
      { name: 'site', command: 'npx tsx tools/try-start.ts' },
      // The scenarios of the widget load it from the package.
      { name: 'library', command: 'npm run -s build:lib' },
      { name: 'end to end', command: 'npm run -s test:e2e', report: `${RESULTS}/e2e.json` },
      { name: 'package', command: 'npm run -s check:package' },
    ],
  ],
];

function vitest(project: string): Step {
  const report = `${RESULTS}/${project}.json`;
  const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`;
  return {
    name: `${project} tests`,
    command: `npm run -s test:${project} -- ${reporters}`,
    report,
  };
}

/** Shows what a command says as it comes, or, where others run beside it, when it has ended. */
async function run(step: Step, alone: boolean): Promise<{ seconds: number; ok: boolean }> {
  const title = `\n━━ ${step.name} ━━\n`;
  if (alone) process.stdout.write(title);
  const start = performance.now();
  const output = alone ? 'inherit' : 'pipe';
  // No questions to anybody: CI has no keyboard.
  const child = spawn(step.command, { shell: true, stdio: ['ignore', output, output] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: Buffer) => said.push(piece));
  }
  const [status] = (await once(child, 'close')) as [number | null];
  if (!alone) process.stdout.write(Buffer.concat([Buffer.from(title), ...said]));
  return { seconds: (performance.now() - start) / 1000, ok: status === 0 };
}

/** Runs the stages; gives the name of the step that failed first. */
async function runAll(totals: Counts): Promise<string | undefined> {
  const times: string[] = [];
  let failed: string | undefined;
  const runLane = async (lane: readonly Step[], alone: boolean): Promise<void> => {
    for (const step of lane) {
      if (failed !== undefined) return;
      const { seconds, ok } = await run(step, alone);
      times.push(`${ok ? '✓' : '✗'} ${step.name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`);
      const counts = step.report === undefined ? undefined : readCounts(step.report);
      totals.passed += counts?.passed ?? 0;
      totals.failed += counts?.failed ?? 0;
      if (!ok) failed ??= step.name;
      else if (counts?.passed === 0) failed ??= `${step.name} (there were none)`;
    }
  };
  for (const lanes of STAGES) {
    await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1)));
  }
  console.log(`\n${times.join('\n')}`);
  return failed;
}

async function main(): Promise<void> {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  // Found, or installed, once for all steps.
  process.env['CHROMIUM'] = findBrowser();
  const totals: Counts = { passed: 0, failed: 0 };
  const failed = await runAll(totals);
  // A check that is no test counts as one failure, so that the last line never reads as success.
  if (failed !== undefined && totals.failed === 0) totals.failed = 1;
  if (failed !== undefined) console.error(`\nStopped at: ${failed}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = failed === undefined ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
