import type { Finding, Regression } from '@profiler/collector/api-types';
import { expect, it } from 'vitest';
import { alertsOf } from './alerts.ts';

const regression = (key: string, change: number, more: Partial<Regression> = {}) =>
  ({
    key,
    change,
    kind: 'response_time',
    service: 'shop',
    environment: '',
    evidence: null,
    endpoint: key,
    ...more,
  }) as Regression;
const finding = (key: string, severity: Finding['severity']) => ({ key, severity }) as Finding;

it('tells what is severe first, and keeps the order of the API within', () => {
  const alerts = alertsOf(
    [regression('mild', 1.3), regression('severe', 3.1), regression('errors', 0.2, { kind: 'error_rate' })],
    [finding('heavy', 'warning'), finding('grave', 'critical')],
  );
  expect(alerts.map(({ key }) => key)).toEqual(['severe', 'errors', 'grave', 'mild', 'heavy']);
});

it('tells the finding that came with a regression with it, and those of before beside it', () => {
  const of = { service: 'shop', endpoint: 'GET /orders', severity: 'info' } as const;
  const came = { ...of, key: 'came', query: 'SELECT 2', firstVersion: '2.0' } as Finding;
  const older = { ...of, key: 'older', query: 'SELECT 1', firstVersion: '1.0' } as Finding;
  const alerts = alertsOf([regression('r', 3, { endpoint: 'GET /orders', version: '2.0' })], [older, came]);
  expect(alerts.map(({ key }) => key)).toEqual(['r', 'older']);
  expect(alerts[0]).toMatchObject({ cause: { key: 'came' } });
});

it('tells one alert of an endpoint and kind: the one that knows more', () => {
  const same = { endpoint: 'GET /orders' };
  const evidence = {} as Regression['evidence'];
  const alerts = alertsOf([regression('ratio', 4, same), regression('scan', 2, { ...same, evidence })], []);
  expect(alerts.map(({ key }) => key)).toEqual(['scan']);
});
