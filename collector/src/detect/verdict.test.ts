import { expect, it } from 'vitest';
import type { Evidence } from './evidence.ts';
import type { Finding } from './findings.ts';
import type { Regression } from './regression.ts';
import { type VerdictFacts, verdict } from './verdict.ts';

const ITEMS = 'SELECT * FROM order_items WHERE order_id = ?';
const numbers = (p95Ms: number, queriesPerRequest: number) => ({
  ...{ requests: 100, errorRate: 0, avgMs: p95Ms / 2, p50Ms: p95Ms / 2, p99Ms: p95Ms * 2 },
  ...{ p95Ms, queriesPerRequest },
});
const evidence = {
  before: numbers(100, 2),
  since: numbers(310, 42),
  newQueries: [ITEMS],
  newNPlusOnes: [ITEMS],
} as unknown as Evidence;
const regression = {
  ...{ key: 'r1', kind: 'response_time', signal: 'average', rule: 'ratio', version: '1.5.0' },
  ...{ baseline: 60, current: 120, change: 2, startedAt: '2026-11-24T14:00:00.000Z', evidence },
} as Regression;
const finding = {
  ...{ key: 'f1', type: 'n_plus_one', query: ITEMS, repeatsP50: 41, msPerRequest: 40, firstVersion: '1.5.0' },
  callSite: 'orders.js:14 (itemsOf)',
} as Finding;
const facts: VerdictFacts = {
  ...{ requests: 1203, errorRate: 0, p95Ms: 20, p95MsBefore: undefined },
  ...{ regressions: [], findings: [], exception: undefined, callSiteOf: () => '' },
};

it('says what a regression did to p95, since which version, by which query, at which line', () => {
  expect(verdict({ ...facts, regressions: [regression], findings: [finding] })).toEqual({
    state: 'regressed',
    sentence: `p95 is 3.1 times what it was before 1.5.0 (310 ms, 100 ms before): 41 queries of ${ITEMS} a request, at orders.js:14 (itemsOf).`,
    headline: 'p95 is 3.1 times what it was before 1.5.0 (310 ms, 100 ms before)',
    cause: `41 queries of ${ITEMS} a request`,
    query: ITEMS,
    callSite: 'orders.js:14 (itemsOf)',
    regressionKey: 'r1',
    findingKey: 'f1',
  });
});

it('names a new query that is no finding, by the line that some request told', () => {
  const told = verdict({
    ...facts,
    regressions: [regression],
    callSiteOf: (text) => (text === ITEMS ? 'search.js:3' : ''),
  });
  expect(told).toMatchObject({ cause: `a new query, ${ITEMS}`, callSite: 'search.js:3', findingKey: '' });
});

it('does not blame an older finding for a regression that no query came with', () => {
  const same = { ...evidence, newQueries: [], newNPlusOnes: [], since: numbers(310, 2) };
  const older = { ...finding, firstVersion: '1.0.0' };
  const told = verdict({ ...facts, regressions: [{ ...regression, evidence: same }], findings: [older] });
  expect(told.cause).toMatch(/^no query came with it; its heaviest finding is 41 queries/);
});

it.each([
  ['without a version', { version: '' }, 'before 2026-11-24 14:00 UTC'],
  ['without evidence', { evidence: null }, 'the average is 2.0 times what it was before 1.5.0 (120 ms, 60 ms before)'],
  ['of errors', { kind: 'error_rate', baseline: 0.01, current: 0.13 }, '13.0 % of requests fail, 1.0 % before 1.5.0'],
] as const)('says so of a regression %s', (_, change, expected) => {
  expect(verdict({ ...facts, regressions: [{ ...regression, ...change }] }).headline).toContain(expected);
});

it('tells a finding, failures, or that nothing stands out, in this order', () => {
  const exception = { type: 'PaymentError', message: 'card\n declined' };
  const failing = { ...facts, errorRate: 0.12, exception };
  expect(verdict({ ...failing, findings: [finding] }).state).toBe('finding');
  expect(verdict(failing).sentence).toBe('12.0 % of requests fail: most with PaymentError: card declined.');
  expect(verdict({ ...facts, p95MsBefore: 21 }).sentence).toBe(
    'Nothing stands out: p95 is 20 ms over 1203 requests, 21 ms in the range before.',
  );
  expect(verdict({ ...facts, requests: 0 }).sentence).toBe('Nothing stands out: no request in this time range.');
});

it('cuts a text of 10,000 characters, and takes hostile ones as they are', () => {
  const query = `SELECT '<script>' ${'x'.repeat(10_000)}`;
  const { sentence } = verdict({ ...facts, findings: [{ ...finding, query }] });
  expect(sentence.length).toBeLessThan(300);
  expect(sentence).toContain("SELECT '<script>' xx");
});
