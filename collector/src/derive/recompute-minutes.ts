import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { findingMinutelySql } from './finding-minutely-sql.ts';
import { manyQueriesSql } from './many-queries-sql.ts';
import { queryMinutelySql } from './query-minutely-sql.ts';
import { requestMinutelySql } from './request-minutely-sql.ts';

export interface Thresholds {
  readonly nPlusOneThreshold: number;
  readonly slowQueryThresholdMs: number;
  /** Repeats of one command of a cache in one request that are a loop. @default 10 */
  readonly cacheLoopThreshold?: number;
  /** Queries of a database in one request, a loop counting as one, that are too many. @default 50 */
  readonly manyQueriesThreshold?: number;
}

/** Minutes recomputed by one statement: bounds what the engine holds in memory. */
const MINUTES_PER_STATEMENT_MAX = 60;
/** Minutes further apart than this are not read as one range. */
const GAP_SECONDS_MAX = 600;

/**
 * Computes whole minutes of the three rollups from the request queries, and replaces what stood there.
 *
 * @param minutes epoch seconds, each a whole minute
 * @param computedAtMs later than at any earlier computation of these minutes: the latest stands
 */
export async function recomputeMinutes(
  store: Store,
  minutes: readonly number[],
  thresholds: Thresholds,
  computedAtMs: number,
): Promise<void> {
  for (const group of ranges(minutes)) {
    const bounds = {
      minutes: group,
      firstMinute: group[0]!,
      lastMinute: group.at(-1)!,
      computedAt: clickhouseTime(computedAtMs),
    };
    const { nPlusOneThreshold, cacheLoopThreshold = 10, manyQueriesThreshold = 50 } = thresholds;
    const loops = { ...bounds, nPlusOneThreshold, cacheLoopThreshold };
    const slowQueryNs = Math.round(thresholds.slowQueryThresholdMs * 1e6);
    await store.longCommand(requestMinutelySql(store.database), loops);
    await store.longCommand(queryMinutelySql(store.database), bounds);
    await store.longCommand(findingMinutelySql(store.database), { ...loops, slowQueryNs });
    await store.longCommand(manyQueriesSql(store.database), { ...loops, manyQueriesThreshold });
  }
}

function ranges(minutes: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const minute of [...new Set(minutes)].sort((a, b) => a - b)) {
    const group = groups.at(-1);
    const isNear = group !== undefined && minute - group.at(-1)! <= GAP_SECONDS_MAX;
    if (isNear && group.length < MINUTES_PER_STATEMENT_MAX) group.push(minute);
    else groups.push([minute]);
  }
  return groups;
}
