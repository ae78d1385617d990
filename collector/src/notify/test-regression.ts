import type { Regression } from '../detect/regression.ts';
import type { Notification } from './notification.ts';

/** Test support: an alert as the scheduler hands it over. */
export function testRegression(changes: Partial<Regression> = {}): Regression {
  return {
    key: '00000000000000a1',
    kind: 'response_time',
    rule: 'ratio',
    signal: 'average',
    state: 'firing',
    service: 'shop',
    environment: 'production',
    method: 'GET',
    route: '/orders',
    endpoint: 'GET /orders',
    baseline: 120.5,
    current: 890.3,
    change: 890.3 / 120.5,
    baselineRequests: 98,
    currentRequests: 120,
    version: '1.1.0',
    explanation: 'GET /orders took 890.3 ms on average over 120 requests.',
    windowStart: '2026-02-03T10:00:00.000Z',
    windowMinutes: 60,
    startedAt: '2026-02-03T10:00:00.000Z',
    baselineUntil: '2026-02-03T10:00:00.000Z',
    evidence: null,
    resolvedAt: null,
    ...changes,
  };
}

/** Test support: a notification of one alert, with its key. */
export function testNotification(changes: Partial<Regression> = {}): Notification {
  const regression = testRegression(changes);
  const { key, service, environment, version } = regression;
  return { key, coveredBy: [], change: 'firing', service, environment, version, regressions: [regression] };
}
