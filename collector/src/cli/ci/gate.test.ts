import { describe, expect, it } from 'vitest';
import { compare, type Tolerance } from './gate.ts';
import { type EndpointSnapshot, type NPlusOne, SNAPSHOT_FORMAT, type Snapshot } from './snapshot.ts';

const TOLERANCE: Tolerance = { queries: 0.5, share: 0.1, requestsMin: 1 };

function endpoint(queriesPerRequest: number, more: Partial<EndpointSnapshot> = {}): EndpointSnapshot {
  return { service: 'shop', endpoint: 'GET /orders', requests: 10, queriesPerRequest, nPlusOnes: [], ...more };
}

function nPlusOne(key: string, fingerprint = `of ${key}`): NPlusOne {
  return { key, fingerprint, query: 'SELECT ?', loopPath: '', repeats: 5, callSite: '' };
}

const snapshot = (...endpoints: EndpointSnapshot[]): Snapshot => ({ format: SNAPSHOT_FORMAT, endpoints });

function verdict(baseline: EndpointSnapshot, current: EndpointSnapshot, tolerance: Partial<Tolerance> = {}) {
  return compare(snapshot(baseline), snapshot(current), { ...TOLERANCE, ...tolerance }).endpoints[0]?.verdict;
}

describe('queries a request', () => {
  it.each([
    [2, 2, 'same'],
    [2, 3, 'grown'],
    [0, 1, 'grown'],
    [1.25, 1.7, 'same'],
    [1.25, 1.8, 'grown'],
    [20, 22, 'same'],
    [20, 22.5, 'grown'],
    [3, 2.6, 'same'],
    [3, 2, 'fewer'],
    [0, 0, 'same'],
  ])('from %d to %d is %s', (before, after, expected) => {
    expect(verdict(endpoint(before), endpoint(after))).toBe(expected);
  });

  it('are not compared where either side has too few requests', () => {
    const few = { requests: 4 };
    expect(verdict(endpoint(2, few), endpoint(9), { requestsMin: 5 })).toBe('not_compared');
    expect(verdict(endpoint(2), endpoint(9, few), { requestsMin: 5 })).toBe('not_compared');
    expect(verdict(endpoint(2), endpoint(9), { requestsMin: 5 })).toBe('grown');
  });
});

describe('an N+1', () => {
  const grown = (baseline: NPlusOne[], current: NPlusOne[], more: Partial<EndpointSnapshot> = {}) =>
    compare(snapshot(endpoint(8, { nPlusOnes: baseline })), snapshot(endpoint(8, { nPlusOnes: current, ...more })), {
      ...TOLERANCE,
      requestsMin: 5,
    }).endpoints[0]?.newNPlusOnes.map(({ key }) => key);

  it('that the baseline has is known, and any other is new', () => {
    expect(grown([nPlusOne('a')], [nPlusOne('a'), nPlusOne('b')])).toEqual(['b']);
  });

  it('is known by its statement when the path of spans to it has changed, once for each that is gone', () => {
    expect(grown([nPlusOne('a', 'lines')], [nPlusOne('b', 'lines')])).toEqual([]);
    expect(grown([nPlusOne('a', 'lines')], [nPlusOne('b', 'lines'), nPlusOne('c', 'lines')])).toEqual(['c']);
    expect(grown([nPlusOne('a', 'lines')], [nPlusOne('a', 'lines'), nPlusOne('b', 'lines')])).toEqual(['b']);
  });

  it('is new whatever the number of requests: one shows it', () => {
    expect(grown([], [nPlusOne('a')], { requests: 1 })).toEqual(['a']);
  });

  it('is new on an endpoint that the baseline does not know, which itself is not growth', () => {
    const unknown = endpoint(30, { endpoint: 'GET /carts' });
    expect(compare(snapshot(endpoint(1)), snapshot(unknown), TOLERANCE)).toMatchObject({
      endpoints: [{ verdict: 'new', baseline: undefined }],
      notExercised: [{ endpoint: 'GET /orders' }],
    });
    const repeating = { ...unknown, nPlusOnes: [nPlusOne('a')] };
    expect(compare(snapshot(), snapshot(repeating), TOLERANCE).endpoints).toMatchObject([{ verdict: 'grown' }]);
  });
});

it('the same route of another service is another endpoint, and what has grown comes first', () => {
  const { endpoints } = compare(
    snapshot(endpoint(1), endpoint(5, { service: 'stock' })),
    snapshot(endpoint(1), endpoint(9, { service: 'stock' })),
    TOLERANCE,
  );
  expect(endpoints.map(({ service, verdict }) => [service, verdict])).toEqual([
    ['stock', 'grown'],
    ['shop', 'same'],
  ]);
});
