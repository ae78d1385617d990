import { describe, expect, it } from 'vitest';
import { type FindingHistory, findingLifecycle, type VersionSpan } from './finding-lifecycle.ts';
import { findingType } from './finding-type.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NOW_MS = 100 * DAY_MS;

const span = (version: string, requests: number, firstMs: number, lastMs = firstMs): VersionSpan => ({
  version,
  requests,
  firstMs,
  lastMs,
});

function history(parts: Partial<FindingHistory>): FindingHistory {
  const seen = parts.seen ?? [span('1', 100, NOW_MS - HOUR_MS)];
  const days = new Set(seen.flatMap(({ firstMs, lastMs }) => [firstMs, lastMs]).map((ms) => Math.floor(ms / DAY_MS)));
  return { decided: undefined, served: [], seenDays: [...days].sort((a, b) => a - b), ...parts, seen };
}

const stateOf = (parts: Partial<FindingHistory>) => {
  const { state, reopened, resolvedBy, fixedVersion } = findingLifecycle(history(parts), NOW_MS);
  return [state, reopened, resolvedBy, fixedVersion];
};

describe('a finding', () => {
  it('is open until somebody decides or it is gone', () => {
    expect(stateOf({})).toEqual(['open', false, '', '']);
    expect(stateOf({ decided: { state: 'acknowledged', atMs: NOW_MS } })).toEqual(['acknowledged', false, '', '']);
  });

  it('is resolved by a person until it is seen again', () => {
    expect(stateOf({ decided: { state: 'resolved', atMs: NOW_MS } })).toEqual(['resolved', false, 'person', '']);
    const seen = [span('1', 100, NOW_MS - 5 * HOUR_MS, NOW_MS - HOUR_MS)];
    expect(stateOf({ seen, decided: { state: 'resolved', atMs: NOW_MS - 2 * HOUR_MS } })).toEqual([
      'open',
      true,
      '',
      '',
    ]);
  });

  it('that is ignored stays ignored, gone or not', () => {
    const decided = { state: 'ignored', atMs: 0 } as const;
    expect(stateOf({ decided })).toEqual(['ignored', false, '', '']);
    expect(stateOf({ decided, seen: [span('1', 1, 0)] })).toEqual(['ignored', false, '', '']);
  });

  it('is resolved by absence after seven days, and reopened when it comes back', () => {
    expect(stateOf({ seen: [span('1', 9, NOW_MS - 6 * DAY_MS)] })[0]).toBe('open');
    expect(stateOf({ seen: [span('1', 9, NOW_MS - 7 * DAY_MS)] })).toEqual(['resolved', false, 'absence', '']);
    const seen = [span('1', 9, NOW_MS - 20 * DAY_MS, NOW_MS - 20 * DAY_MS), span('1.1', 9, NOW_MS - DAY_MS)];
    expect(stateOf({ seen })).toEqual(['open', true, '', '']);
    expect(stateOf({ seen, decided: { state: 'acknowledged', atMs: NOW_MS } })).toEqual([
      'acknowledged',
      false,
      '',
      '',
    ]);
  });

  describe('is resolved by a version', () => {
    const seen = [span('1', 50, NOW_MS - 9 * HOUR_MS, NOW_MS - 2 * HOUR_MS)];
    const old = span('1', 100, NOW_MS - 9 * HOUR_MS, NOW_MS - HOUR_MS);

    it('that served enough requests without it', () => {
      expect(stateOf({ seen, served: [old, span('2', 20, NOW_MS - 3 * HOUR_MS, NOW_MS)] })).toEqual([
        'resolved',
        false,
        'version',
        '2',
      ]);
    });

    it('and not by one that served too few, for how rarely it was seen', () => {
      expect(stateOf({ seen, served: [old, span('2', 19, NOW_MS - 3 * HOUR_MS, NOW_MS)] })[0]).toBe('open');
      const rare = [span('1', 1, NOW_MS - 9 * HOUR_MS, NOW_MS - 2 * HOUR_MS)];
      expect(stateOf({ seen: rare, served: [old, span('2', 299, NOW_MS - 3 * HOUR_MS, NOW_MS)] })[0]).toBe('open');
      expect(stateOf({ seen: rare, served: [old, span('2', 300, NOW_MS - 3 * HOUR_MS, NOW_MS)] })[0]).toBe('resolved');
    });

    it('and not while another still shows it', () => {
      const lately = [span('1', 50, NOW_MS - 9 * HOUR_MS, NOW_MS - 60_000)];
      expect(stateOf({ seen: lately, served: [old, span('2', 500, NOW_MS - 3 * HOUR_MS, NOW_MS)] })[0]).toBe('open');
    });

    it('and reopened by one that shows it again', () => {
      const served = [
        old,
        span('2', 500, NOW_MS - 3 * HOUR_MS, NOW_MS - HOUR_MS),
        span('3', 90, NOW_MS - HOUR_MS, NOW_MS),
      ];
      const again = [...seen, span('3', 9, NOW_MS - HOUR_MS, NOW_MS)];
      expect(stateOf({ seen: again, served })).toEqual(['open', true, '', '']);
    });
  });
});

it.each([
  ['n_plus_one', 'postgresql', 5, 0, -1],
  ['n_plus_one', 'postgresql', 5, 0, 2],
  ['duplicate_query', 'postgresql', 5, 0, 1],
  ['cache_loop', 'redis', 5, 0, 1],
  ['n_plus_one_http', 'http', 5, 0, 3],
  ['duplicate_query', 'http', 5, 0, 1],
  ['slow_query', 'postgresql', 0, 0, -1],
  ['many_queries', 'postgresql', 0, 5, -1],
] as const)(
  '%s: of %s, repeated %i, many %i, distinct %i',
  (type, system, repeatedRequests, manyRequests, distinctValues) => {
    expect(findingType({ system, repeatedRequests, manyRequests, distinctValues })).toBe(type);
  },
);
