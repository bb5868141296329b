/** How many tests passed, from the JSON reports of Vitest and Playwright. */

import { readFileSync } from 'node:fs';

export interface Counts {
  passed: number;
  failed: number;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
}

/** A report that is missing or broken counts as no tests at all. */
export function readCounts(path: string): Counts {
  try {
    return countsOf(JSON.parse(readFileSync(path, 'utf8')) as VitestReport | PlaywrightReport);
  } catch {
    return { passed: 0, failed: 0 };
  }
}

export function countsOf(report: VitestReport | PlaywrightReport): Counts {
  if ('stats' in report) {
    const { expected, unexpected, flaky } = report.stats;
    return { passed: expected, failed: unexpected + flaky };
  }
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}
