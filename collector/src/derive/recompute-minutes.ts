import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { findingMinutelySql } from './finding-minutely-sql.ts';
import { manyQueriesSql } from './many-queries-sql.ts';
import { minutePortions } from './minute-portions.ts';
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

/**
 * Computes whole minutes of the three rollups from the request queries, and replaces what stood there.
 *
 * @param minutes epoch seconds, each a whole minute
 * @param computedAtMs later than at any earlier computation of these minutes: the latest stands
 * @param rowsMax rows of one statement, as long as several services share a minute
 */
export async function recomputeMinutes(
  store: Store,
  minutes: readonly number[],
  thresholds: Thresholds,
  computedAtMs: number,
  rowsMax?: number,
): Promise<void> {
  const { nPlusOneThreshold, cacheLoopThreshold = 10, manyQueriesThreshold = 50 } = thresholds;
  const slowQueryNs = Math.round(thresholds.slowQueryThresholdMs * 1e6);
  for (const portion of await minutePortions(store, minutes, rowsMax)) {
    const bounds = { ...portion, computedAt: clickhouseTime(computedAtMs) };
    const loops = { ...bounds, nPlusOneThreshold, cacheLoopThreshold };
    // Each in its turn among what is inserted, not beside: so what they hold does not add up.
    await store.command(requestMinutelySql(store.database), loops);
    await store.command(queryMinutelySql(store.database), bounds);
    await store.command(findingMinutelySql(store.database), { ...loops, slowQueryNs });
    await store.command(manyQueriesSql(store.database), { ...loops, manyQueriesThreshold });
  }
}
