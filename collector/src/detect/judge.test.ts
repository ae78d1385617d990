import { expect, it } from 'vitest';
import { judge } from './judge.ts';
import type { Regression } from './regression.ts';
import { windowAt } from './window.ts';
import type { WindowPair } from './window-pair.ts';

const RULE = { responseTimeFactor: 2, errorRateDelta: 0.1, minRequests: 20 };
const WINDOW = windowAt(Date.parse('2026-02-03T10:00:00Z'), 60);

function pair(baselineMs: number, currentMs: number, changes: Partial<WindowPair> = {}): WindowPair {
  const sample = (averageMs: number) => ({ requests: 100, errors: 0, durationNsSum: averageMs * 1e6 * 100 });
  return {
    service: 'shop',
    environment: '',
    method: 'GET',
    route: '/orders',
    baseline: sample(baselineMs),
    current: sample(currentMs),
    baselineVersions: [],
    currentVersions: [],
    ...changes,
  };
}

const ALERT: Regression = {
  key: 'a',
  kind: 'response_time',
  rule: 'ratio',
  signal: 'average',
  state: 'firing',
  service: 'shop',
  environment: '',
  method: 'GET',
  route: '/orders',
  endpoint: 'GET /orders',
  baseline: 100,
  current: 300,
  change: 3,
  baselineRequests: 100,
  currentRequests: 100,
  version: '',
  explanation: '',
  windowStart: '2026-02-03T08:00:00.000Z',
  windowMinutes: 60,
  startedAt: '2026-02-03T08:00:00.000Z',
  baselineUntil: '2026-02-03T08:00:00.000Z',
  evidence: null,
  resolvedAt: null,
};

it('opens what regressed', () => {
  const { opened, kept, resolved } = judge(WINDOW, [pair(100, 201), pair(100, 200, { route: '/twice' })], [], RULE);
  expect(opened.map((one) => [one.pair.route, one.comparison.kind])).toEqual([['/orders', 'response_time']]);
  expect([kept, resolved]).toEqual([[], []]);
});

it('does not open what fires already, but does open the other kind', () => {
  const failing = pair(100, 500, { current: { requests: 100, errors: 50, durationNsSum: 500e6 * 100 } });
  const { opened, kept } = judge(WINDOW, [failing], [ALERT], RULE);
  expect(opened.map(({ comparison }) => comparison.kind)).toEqual(['error_rate']);
  expect(kept).toEqual([ALERT]);
});

it('keeps an alert whose endpoint is still over the rule against the baseline it fired with', () => {
  expect(judge(WINDOW, [pair(300, 201)], [ALERT], RULE)).toEqual({ opened: [], kept: [ALERT], resolved: [] });
});

it('resolves one that is back under it, at the window in which it was', () => {
  const { resolved, kept } = judge(WINDOW, [pair(300, 200)], [ALERT], RULE);
  expect(resolved).toEqual([{ ...ALERT, state: 'resolved', resolvedAt: '2026-02-03T10:00:00.000Z' }]);
  expect(kept).toEqual([]);
});

it('resolves an error rate against the rate it fired with', () => {
  const alert: Regression = { ...ALERT, kind: 'error_rate', baseline: 0.05, current: 0.4 };
  const at = (errors: number) =>
    judge(WINDOW, [pair(100, 100, { current: { requests: 100, errors, durationNsSum: 1e10 } })], [alert], RULE)
      .resolved;
  expect(at(16)).toEqual([]);
  expect(at(15)).toHaveLength(1);
});

it.each([
  ['no requests', []],
  ['too few requests', [pair(100, 10, { current: { requests: 19, errors: 0, durationNsSum: 19e6 } })]],
  ['requests in another environment', [pair(100, 10, { environment: 'staging' })]],
])('keeps an alert in a window with %s', (_, pairs) => {
  expect(judge(WINDOW, pairs, [ALERT], RULE).kept).toEqual([ALERT]);
});

it('resolves an alert that fired on fewer requests than are asked for now', () => {
  const early = { ...ALERT, baselineRequests: 5 };
  expect(judge(WINDOW, [pair(100, 100)], [early], RULE).resolved).toHaveLength(1);
});

it('lets no earlier window resolve an alert', () => {
  const later = { ...ALERT, windowStart: '2026-02-03T11:00:00.000Z' };
  expect(judge(WINDOW, [pair(100, 100)], [later], RULE).kept).toEqual([later]);
});

it('changes nothing that it was given', () => {
  const firing = [structuredClone(ALERT)];
  judge(WINDOW, [pair(100, 100)], firing, RULE);
  expect(firing).toEqual([ALERT]);
});
