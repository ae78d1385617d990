import { expect, it } from 'vitest';
import { githubSummary } from './github-summary.ts';
import type { CiReport, EndpointReport } from './report.ts';

function summary(...endpoints: Partial<EndpointReport>[]): string {
  const side = { name: 'baseline.json', endpoints: 1, requests: 10 };
  const report: CiReport = {
    ok: false,
    baseline: side,
    current: side,
    tolerance: { queries: 0.5, share: 0.1, requestsMin: 1 },
    endpoints: endpoints.map((each) => ({
      service: 'shop',
      endpoint: 'GET /orders',
      verdict: 'grown',
      requests: 1,
      queriesPerRequest: 7,
      baseline: { requests: 1, queriesPerRequest: 2 },
      newNPlusOnes: [],
      moreCalls: [],
      ...each,
    })),
    notExercised: [],
  };
  return githubSummary(report);
}

it('what an app sent ends neither the cell nor the element, and cannot be a link', () => {
  const query = 'SELECT `a` | b FROM t -- </code><img src=x>[x](y)\n| more';
  const text = summary({
    moreCalls: [{ fingerprint: 'f', text: query, callsPerRequest: 2, baselineCallsPerRequest: 1, callSite: '' }],
  });
  const row = text.split('\n').find((line) => line.includes('SELECT'))!;
  expect(row.match(/\|/g)).toHaveLength(4);
  expect(row.match(/<\/?\w+/g)).toEqual(['<code', '</code', '<code', '</code']);
  expect(row).not.toMatch(/[`[\]]/);
});

it('is bounded', () => {
  const text = summary(...Array.from({ length: 900 }, (_, at) => ({ endpoint: `GET /${at}/${'x'.repeat(2_000)}` })));
  expect(text.length).toBeLessThan(200_000);
  expect(text).toContain('700 more endpoints are in the log.');
});
