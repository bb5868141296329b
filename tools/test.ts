/** The whole gate: every check, one after another, until one fails. */

import { spawnSync } from 'node:child_process';
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

const STEPS: readonly Step[] = [
  // What refers to the modules finds them, whichever check comes first.
  { name: 'kernels', command: 'npm run -s build:kernels' },
  { name: 'format', command: 'npm run -s check:format' },
  { name: 'lint', command: 'npm run -s check:lint' },
  { name: 'types', command: 'npm run -s check:types' },
  { name: 'import arrows', command: 'npm run -s check:arrows' },
  { name: 'unused code', command: 'npm run -s check:unused' },
  vitest('unit'),
  vitest('browser'),
  { name: 'site', command: 'npx tsx tools/try-start.ts' },
  { name: 'end to end', command: 'npm run -s test:e2e', report: `${RESULTS}/e2e.json` },
  { name: 'library', command: 'npm run -s build:lib' },
  { name: 'package', command: 'npm run -s check:package' },
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

function run(step: Step): { seconds: number; ok: boolean } {
  console.log(`\n━━ ${step.name} ━━`);
  const start = performance.now();
  const { status } = spawnSync(step.command, {
    shell: true,
    // No questions to anybody: CI has no keyboard.
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return { seconds: (performance.now() - start) / 1000, ok: status === 0 };
}

/** Runs the steps; gives the name of the one that failed. */
function runAll(totals: Counts): string | undefined {
  const times: string[] = [];
  let failed: string | undefined;
  for (const step of STEPS) {
    const { seconds, ok } = run(step);
    times.push(`${ok ? '✓' : '✗'} ${step.name.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`);
    const counts = step.report === undefined ? undefined : readCounts(step.report);
    totals.passed += counts?.passed ?? 0;
    totals.failed += counts?.failed ?? 0;
    if (!ok) failed = step.name;
    else if (counts?.passed === 0) failed = `${step.name} (there were none)`;
    if (failed !== undefined) break;
  }
  console.log(`\n${times.join('\n')}`);
  return failed;
}

function main(): void {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  // Found, or installed, once for all steps.
  process.env['CHROMIUM'] = findBrowser();
  const totals: Counts = { passed: 0, failed: 0 };
  const failed = runAll(totals);
  // A check that is no test counts as one failure, so that the last line never reads as success.
  if (failed !== undefined && totals.failed === 0) totals.failed = 1;
  if (failed !== undefined) console.error(`\nStopped at: ${failed}`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = failed === undefined ? 0 : 1;
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}
