import type { Finding, Regression } from '@profiler/collector/api-types';
import { expect, it } from 'vitest';
import { endpointNotes } from './endpoint-notes.ts';

const finding = (type: Finding['type'], endpoint: string, repeatsMax: number) =>
  ({ type, service: 'shop', endpoint, repeatsMax }) as Finding;
const regression = (endpoint: string, change: number) => ({ service: 'shop', endpoint, change }) as Regression;

it('tells the most repeats of an endpoint and its larger regression', () => {
  const notes = endpointNotes(
    [finding('n_plus_one', 'GET /orders', 12), finding('duplicate_query', 'GET /orders', 41)],
    [regression('GET /orders', 3.2), regression('GET /orders', 2.1)],
  );
  expect(notes('shop', 'GET /orders')).toMatchObject({ repeatsMax: 41, regression: regression('GET /orders', 3.2) });
});

it('does not call a slow query a repetition, nor one service by another', () => {
  const notes = endpointNotes([finding('slow_query', 'GET /a', 5), finding('n_plus_one', 'GET /b', 5)], []);
  expect(notes('shop', 'GET /a').repeatsMax).toBe(0);
  expect(notes('shop', 'GET /a').slowQuery).toEqual(finding('slow_query', 'GET /a', 5));
  expect(notes('billing', 'GET /b').repeatsMax).toBe(0);
});
