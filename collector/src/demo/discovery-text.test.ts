import { describe, expect, it } from 'vitest';
import type { Finding, Regression } from '../api/types.ts';
import { type Discoveries, isComplete, missing, newOnes, nothing } from './discoveries.ts';
import { discoveryText } from './discovery-text.ts';

const PLACES = { app: '/srv/shop', reader: '/srv' };

const finding: Finding = {
  key: '00000000000000aa',
  type: 'n_plus_one',
  service: 'shop',
  endpoint: 'GET /customers/:id/orders',
  severity: 'warning',
  state: 'open',
  reopened: false,
  resolvedBy: '',
  fixedVersion: '',
  summary: 'One query for each order',
  occurrences: 3,
  firstSeen: '2026-01-01T10:00:00.000Z',
  lastSeen: '2026-01-01T10:00:02.000Z',
  firstVersion: '1.4.2',
  fingerprint: '00000000000000bb',
  query: 'SELECT * FROM order_items WHERE order_id = ?',
  loopPath: '',
  repeatsP50: 12,
  repeatsMax: 14,
  savedMsPerRequest: 40,
  savedMs: 4_000,
  msPerRequest: 8.25,
  callSite: 'orders.js:14 (itemsOf)',
  distinctValues: 12,
  exampleTraceIds: [],
};

const regression: Regression = {
  key: 'response_time:shop',
  kind: 'response_time',
  service: 'shop',
  endpoint: 'GET /products',
  environment: '',
  state: 'firing',
  rule: 'ratio',
  baseline: 4,
  current: 38.4,
  change: 9.6,
  baselineRequests: 30,
  currentRequests: 120,
  version: '1.5.0',
  signal: 'average',
  windowStart: '2026-01-01T10:02:00.000Z',
  evidence: null,
  startedAt: '2026-01-01T10:02:00.000Z',
  resolvedAt: null,
  explanation: '',
};

describe('what a person reads', () => {
  it('N+1: the endpoint, how often, what it costs, the query and the line', () => {
    expect(discoveryText({ found: 'n_plus_one', ...finding }, PLACES)).toBe(
      [
        'N+1         GET /customers/:id/orders',
        '            12 times (up to 14) a request, 8.3 ms: SELECT * FROM order_items WHERE order_id = ?',
        '            at shop/orders.js:14 (itemsOf)',
      ].join('\n'),
    );
  });

  it('a call site elsewhere has its whole path, and an unknown one no line', () => {
    expect(discoveryText({ found: 'n_plus_one', ...finding }, { ...PLACES, reader: '/opt/else' })).toContain(
      'at /srv/shop/orders.js:14',
    );
    const unknown = discoveryText({ found: 'slow_query', ...finding, callSite: '' }, PLACES);
    expect(unknown).toBe(
      'slow query  GET /customers/:id/orders\n            8.3 ms a request: SELECT * FROM order_items WHERE order_id = ?',
    );
  });

  it('regression: from what to what, and since which version', () => {
    expect(discoveryText({ found: 'regression', ...regression }, PLACES)).toBe(
      'regression  GET /products\n            average from 4.0 ms to 38 ms (9.6 times), since 1.5.0',
    );
    const errors = { ...regression, kind: 'error_rate' as const, baseline: 0.01, current: 0.252, version: '' };
    expect(discoveryText({ found: 'regression', ...errors }, PLACES)).toContain(
      'errors from 1.0 % to 25.2 % of requests',
    );
  });
});

describe('what is found and what is missing', () => {
  const some: Discoveries = { ...nothing(), nPlusOnes: [finding], regressions: [regression] };

  it('is complete with one of each kind', () => {
    expect(missing(some)).toEqual(['slow query', 'exception']);
    expect(isComplete(some)).toBe(false);
    expect(isComplete({ ...some, slowQueries: [finding], exceptions: [{} as never] })).toBe(true);
  });

  it('tells each of them once, also when one key is of two kinds', () => {
    expect(newOnes(nothing(), some).map(({ found }) => found)).toEqual(['n_plus_one', 'regression']);
    expect(newOnes(some, some)).toEqual([]);
    expect(newOnes(some, { ...some, slowQueries: [finding] }).map(({ found }) => found)).toEqual(['slow_query']);
  });
});
