import type { Store } from '../store/store.ts';
import { clickhouseTime } from './clickhouse-time.ts';
import { ENDPOINT_COLUMNS, MODEST_SETTINGS } from './minute-source-sql.ts';

const HOUR_SECONDS = 3_600;
/** Hours computed by one statement, which reads all that lies between the first and the last. */
const HOURS_PER_STATEMENT_MAX = 6;

/** Begin of the hour in which each of these minutes lies. All in epoch seconds. */
export function hoursOf(minutes: readonly number[]): Set<number> {
  return new Set(minutes.map((minute) => minute - (minute % HOUR_SECONDS)));
}

/**
 * Computes whole hours of `request_hourly` and `query_hourly` from their minutes, and replaces what stood there.
 *
 * @param hours epoch seconds, each a whole hour that is over
 * @param computedAtMs later than at any earlier computation of these hours: the latest stands
 */
export async function recomputeHours(store: Store, hours: readonly number[], computedAtMs: number): Promise<void> {
  for (const group of groups(hours)) {
    const params = {
      hours: group,
      sinceSeconds: group[0]!,
      untilSeconds: group.at(-1)! + HOUR_SECONDS,
      computedAt: clickhouseTime(computedAtMs),
    };
    await store.longCommand(requestHourlySql(store.database), params);
    await store.longCommand(queryHourlySql(store.database), params);
  }
}

function groups(hours: readonly number[]): number[][] {
  const sorted = [...new Set(hours)].sort((a, b) => a - b);
  const found: number[][] = [];
  for (const hour of sorted) {
    const group = found.at(-1);
    if (group !== undefined && hour < group[0]! + HOURS_PER_STATEMENT_MAX * HOUR_SECONDS) group.push(hour);
    else found.push([hour]);
  }
  return found;
}

const HOUR = 'toStartOfHour(minute) AS hour';
const IN_HOURS = `minute >= toDateTime({sinceSeconds:UInt32}, 'UTC') AND minute < toDateTime({untilSeconds:UInt32}, 'UTC')
    AND toUnixTimestamp(toStartOfHour(minute)) IN {hours:Array(UInt32)}`;

function requestHourlySql(database: string): string {
  return `INSERT INTO ${database}.request_hourly
    (hour, ${ENDPOINT_COLUMNS}, query_count, query_ns, n_plus_one_requests, computed_at)
  SELECT ${HOUR}, ${ENDPOINT_COLUMNS}, sum(query_count), sum(query_ns), sum(n_plus_one_requests),
    {computedAt:DateTime64(3)}
  FROM ${database}.request_minutely FINAL
  WHERE ${IN_HOURS}
  GROUP BY hour, ${ENDPOINT_COLUMNS}
  ${MODEST_SETTINGS}`;
}

function queryHourlySql(database: string): string {
  return `INSERT INTO ${database}.query_hourly
    (hour, ${ENDPOINT_COLUMNS}, fingerprint, db_system, query_text, calls, requests, duration_ns_sum, duration_ns_max,
     duration_ns_quantiles, computed_at)
  SELECT ${HOUR}, ${ENDPOINT_COLUMNS}, fingerprint, db_system, min(query_minutely.query_text), sum(query_minutely.calls),
    sum(query_minutely.requests), sum(query_minutely.duration_ns_sum), max(query_minutely.duration_ns_max),
    quantilesBFloat16WeightedMergeState(0.5, 0.95, 0.99)(duration_ns_quantiles), {computedAt:DateTime64(3)}
  FROM ${database}.query_minutely FINAL
  WHERE ${IN_HOURS}
  GROUP BY hour, ${ENDPOINT_COLUMNS}, fingerprint, db_system
  ${MODEST_SETTINGS}`;
}
