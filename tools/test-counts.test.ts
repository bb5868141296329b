import { expect, it } from 'vitest';
import { countsOf, readCounts } from './test-counts.ts';

it('reads the report of Vitest', () => {
  expect(countsOf({ numPassedTests: 12, numFailedTests: 3 })).toEqual({ passed: 12, failed: 3 });
});

it('reads the report of Playwright, where a flaky test is a failed one', () => {
  const stats = { expected: 5, unexpected: 1, flaky: 2 };
  expect(countsOf({ stats })).toEqual({ passed: 5, failed: 3 });
});

it('counts nothing where there is no report', () => {
  expect(readCounts('.cache/no/such/report.json')).toEqual({ passed: 0, failed: 0 });
});
