import type { Comparison } from '@profiler/analysis';
import { expect, it } from 'vitest';
import { explanation } from './explanation.ts';
import { windowAt } from './window.ts';

const slower: Comparison = {
  kind: 'response_time',
  baseline: 120.13,
  current: 412,
  change: 3.43,
  baselineRequests: 98,
  currentRequests: 120,
  regressed: true,
  warnings: [],
};
const failing: Comparison = { ...slower, kind: 'error_rate', baseline: 0.0204, current: 0.25, change: 0.2296 };
const hour = windowAt(Date.parse('2026-02-03T10:00:00Z'), 60);
const isNew = { version: '1.2.0', isNew: true };

it('explains a response time with its averages, requests, factor, windows and version', () => {
  expect(explanation('GET /orders', slower, isNew, hour)).toBe(
    'GET /orders took 412.0 ms on average over 120 requests, 3.4 times the 120.1 ms of the 98 requests before ' +
      '(2026-02-03 10:00 to 11:00 UTC, before: 2026-02-03 09:00 to 10:00 UTC). Version 1.2.0 came with it.',
  );
});

it('explains an error rate with its rates, requests and points', () => {
  expect(explanation('GET /orders', failing, { version: '1.2.0', isNew: false }, hour)).toBe(
    'GET /orders failed for 25.0 % of 120 requests, 23.0 points more than the 2.0 % of the 98 requests before ' +
      '(2026-02-03 10:00 to 11:00 UTC, before: 2026-02-03 09:00 to 10:00 UTC). ' +
      'No version came with it; 1.2.0 is the newest that answered.',
  );
});

it('names both dates of a window that ends on another day', () => {
  const day = windowAt(Date.parse('2026-02-03T10:00:00Z'), 1440);
  expect(explanation('GET /orders', slower, { version: '', isNew: false }, day)).toMatch(
    /\(2026-02-03 00:00 to 2026-02-04 00:00 UTC, before: .*\)\. The app names no version\.$/,
  );
});
