/**
 * Summaries: one row for each endpoint and window, computed from the rollups when asked for, so that a late span and a
 * changed window length are right at once. Percentiles are merged from states.
 *
 * Minutes are kept for 14 days. Older windows are read from the hourly rollup when they are whole hours; others are gone.
 */
import type { QueryParams, Store } from '../store/store.ts';
import { milliseconds } from './milliseconds.ts';
import { lastCompleteWindow, windowAt } from './window.ts';

export interface SummaryFilter {
  readonly windowMinutes: number;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  /** `METHOD route`, or a route. */
  readonly endpoint?: string | undefined;
  /** Windows that end after this, in milliseconds since the epoch. @default everything kept */
  readonly sinceMs?: number | undefined;
  /** Windows that start before this. @default now */
  readonly untilMs?: number | undefined;
  /** @default 100 */
  readonly limit?: number | undefined;
  /** Rows to leave out at the start. @default 0 */
  readonly offset?: number | undefined;
}

export interface Summary {
  /** ISO 8601 in UTC. */
  readonly windowStart: string;
  readonly windowMinutes: number;
  /** Whether the window has ended; the numbers of one that has not still grow. */
  readonly complete: boolean;
  readonly service: string;
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly errors: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly slowRequests: number;
  readonly nPlusOneRequests: number;
  readonly queriesPerRequest: number;
  readonly queryMsPerRequest: number;
}

interface Row {
  window_start: number;
  service: string;
  method: string;
  route: string;
  request_count: number;
  error_count: number;
  slow_count: number;
  sum_ns: number;
  min_ns: number;
  max_ns: number;
  quantiles_ns: [p50: number, p95: number, p99: number];
  query_total: number;
  query_total_ns: number;
  n_plus_one_total: number;
}

const MINUTES_KEPT_MS = 14 * 86_400_000;

/** Latest window first, then by service, route and method. */
export async function summaries(store: Store, filter: SummaryFilter, nowMs = Date.now()): Promise<Summary[]> {
  const { windowMinutes } = filter;
  const minutelyFromMs = windowAt(nowMs - MINUTES_KEPT_MS, windowMinutes).endMs;
  const hourlyUntilMs = windowMinutes % 60 === 0 ? minutelyFromMs : 0;
  const params: Record<string, QueryParams[string]> = {
    length: windowMinutes * 60,
    since: Math.max(0, windowAt(filter.sinceMs ?? 0, windowMinutes).startMs / 1000),
    until: windowAt((filter.untilMs ?? nowMs) - 1, windowMinutes).endMs / 1000,
    minutelyFrom: hourlyUntilMs === 0 ? 0 : minutelyFromMs / 1000,
    hourlyUntil: hourlyUntilMs / 1000,
    limit: filter.limit ?? 100,
    offset: filter.offset ?? 0,
  };
  const conditions = endpointConditions(filter, params);
  const rows = await store.query<Row>(statement(store.database, conditions), params);
  const completeUntilMs = lastCompleteWindow(nowMs, windowMinutes).endMs;
  return rows.map((row) => summary(row, windowMinutes, completeUntilMs));
}

/** SQL that holds for the rows of every rollup; puts its values into `params`. */
function endpointConditions(filter: SummaryFilter, params: Record<string, QueryParams[string]>): string {
  const conditions = ['1'];
  for (const column of ['service', 'environment', 'version'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    conditions.push(`${column} = {${column}:String}`);
    params[column] = value;
  }
  if (filter.endpoint !== undefined) {
    conditions.push("(route = {endpoint:String} OR concat(method, ' ', route) = {endpoint:String})");
    params.endpoint = filter.endpoint;
  }
  return conditions.join(' AND ');
}

function statement(database: string, conditions: string): string {
  const columns = `service, method, route, requests, errors, slow_requests, duration_ns_sum, duration_ns_min,
        duration_ns_max, duration_ns_quantiles`;
  const queryColumns = 'service, method, route, query_count, query_ns, n_plus_one_requests';
  const within = (time: string) =>
    `${time} >= toDateTime({since:UInt32}) AND ${time} < toDateTime({until:UInt32}) AND ${conditions}`;
  const windowOf = (time: string) => `intDiv(toUnixTimestamp(${time}), {length:UInt32}) * {length:UInt32}`;
  return `
    SELECT *
    FROM (
      SELECT ${windowOf('time')} AS window_start, service, method, route,
        sum(requests) AS request_count, sum(errors) AS error_count, sum(slow_requests) AS slow_count,
        toFloat64(sum(duration_ns_sum)) AS sum_ns, toFloat64(min(duration_ns_min)) AS min_ns,
        toFloat64(max(duration_ns_max)) AS max_ns,
        quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles) AS quantiles_ns
      FROM (
        SELECT minute AS time, ${columns} FROM ${database}.endpoint_minutely
        WHERE ${within('minute')} AND minute >= toDateTime({minutelyFrom:UInt32})
        UNION ALL
        SELECT hour AS time, ${columns} FROM ${database}.endpoint_hourly
        WHERE ${within('hour')} AND hour < toDateTime({hourlyUntil:UInt32})
      )
      GROUP BY window_start, service, method, route
      ORDER BY window_start DESC, service, route, method
      LIMIT {limit:UInt32} OFFSET {offset:UInt32}
    ) AS endpoints
    LEFT JOIN (
      SELECT ${windowOf('time')} AS window_start, service, method, route,
        sum(query_count) AS query_total, toFloat64(sum(query_ns)) AS query_total_ns,
        sum(n_plus_one_requests) AS n_plus_one_total
      FROM (
        SELECT minute AS time, ${queryColumns} FROM ${database}.request_minutely FINAL
        WHERE ${within('minute')} AND minute >= toDateTime({minutelyFrom:UInt32})
        UNION ALL
        SELECT hour AS time, ${queryColumns} FROM ${database}.request_hourly FINAL
        WHERE ${within('hour')} AND hour < toDateTime({hourlyUntil:UInt32})
      )
      GROUP BY window_start, service, method, route
    ) AS queries USING (window_start, service, method, route)
    ORDER BY window_start DESC, service, route, method`;
}

function summary(row: Row, windowMinutes: number, completeUntilMs: number): Summary {
  const { request_count: requests, error_count: errors, min_ns: minNs, max_ns: maxNs } = row;
  // A state knows a duration to 0.7 %; it cannot lie outside what was measured.
  const percentileMs = (ns: number) => milliseconds(Math.min(Math.max(ns, minNs), maxNs));
  const [p50Ns, p95Ns, p99Ns] = row.quantiles_ns;
  const startMs = row.window_start * 1000;
  return {
    windowStart: new Date(startMs).toISOString(),
    windowMinutes,
    complete: startMs < completeUntilMs,
    service: row.service,
    method: row.method,
    route: row.route,
    requests,
    errors,
    errorRate: errors / requests,
    avgMs: milliseconds(row.sum_ns / requests),
    p50Ms: percentileMs(p50Ns),
    p95Ms: percentileMs(p95Ns),
    p99Ms: percentileMs(p99Ns),
    minMs: milliseconds(minNs),
    maxMs: milliseconds(maxNs),
    slowRequests: row.slow_count,
    nPlusOneRequests: row.n_plus_one_total,
    queriesPerRequest: row.query_total / requests,
    queryMsPerRequest: milliseconds(row.query_total_ns / requests),
  };
}
