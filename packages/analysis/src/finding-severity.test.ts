import { expect, it } from 'vitest';
import { findingSeverity } from './finding-severity.ts';
import { isNPlusOne } from './n-plus-one.ts';

it.each([
  ['few repeats', 4, 900, 1_000, 'info'],
  ['a small share of the request', 50, 49, 1_000, 'info'],
  ['little time', 50, 29, 40, 'info'],
  ['enough of each', 5, 50, 1_000, 'warning'],
  ['half of the request', 5, 500, 1_000, 'warning'],
  ['most of the request', 5, 501, 1_000, 'critical'],
  ['side by side, more than the request', 100, 3_000, 1_000, 'critical'],
  ['a request without duration', 100, 3_000, 0, 'info'],
] as const)('%s', (_, repeats, queryMs, requestMs, expected) => {
  expect(findingSeverity({ repeats, queryNsPerRequest: queryMs * 1e6, requestNs: requestMs * 1e6 })).toBe(expected);
});

it('an N+1 begins at the threshold, and is one statement', () => {
  expect([2, 3, 4].map((calls) => isNPlusOne(calls, 3))).toEqual([false, true, true]);
  expect(isNPlusOne(500, 3, '(other)')).toBe(false);
});
