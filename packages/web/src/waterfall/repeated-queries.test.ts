import type { TraceQuery } from '@profiler/collector/api-types';
import { expect, it } from 'vitest';
import { OUTSIDE, placeBelow, queryLookup } from './repeated-queries.ts';

const query = (entrySpanId: string, fingerprint: string, loopPath: string) =>
  ({ entrySpanId, fingerprint, loopPath }) as TraceQuery;
const inner = (name: string) => ({ spanId: name, name, entry: false });
const entry = { spanId: 'e1', name: 'GET /orders', entry: true };

it('names the way from below the entry span, a name that repeats its parent once', () => {
  const below = ['handler', 'load', 'load', 'each'].reduce((place, name) => placeBelow(inner(name), place), OUTSIDE);
  expect(placeBelow(entry, below)).toEqual({ entrySpanId: 'e1', names: [] });
  expect(below.names).toEqual(['handler', 'load', 'each']);
});

it('finds a query by its loop path where it runs on several', () => {
  const [here, there] = [query('e1', 'f', 'load'), query('e1', 'f', 'count')];
  const lookup = queryLookup([here, there, query('e2', 'f', 'load')]);
  const place = placeBelow(inner('load'), placeBelow(entry, OUTSIDE));
  expect(lookup({ fingerprint: 'f' }, place)).toBe(here);
  expect(lookup({ fingerprint: 'f' }, placeBelow(inner('other'), placeBelow(entry, OUTSIDE)))).toBeUndefined();
  expect(lookup({ fingerprint: '' }, place)).toBeUndefined();
});

it('takes the only one where the path was cut', () => {
  const only = query('e1', 'f', 'a > b > …');
  expect(queryLookup([only])({ fingerprint: 'f' }, { entrySpanId: 'e1', names: ['a', 'b', 'c', 'd'] })).toBe(only);
});
