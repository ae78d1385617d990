/** The one mapper from columns of the rollups to {@link RequestNumbers}. */
import { milliseconds } from '../detect/milliseconds.ts';
import type { RequestNumbers } from './types.ts';

/** What {@link NUMBER_COLUMNS} and {@link QUERY_NUMBER_COLUMNS} select. */
export interface RequestNumbersRow {
  readonly n: number;
  readonly n_errors: number;
  readonly n_slow: number;
  readonly ns_sum: number;
  readonly ns_min: number;
  readonly ns_max: number;
  readonly ns_quantiles: readonly [number, number, number];
  readonly n_queries: number;
  readonly n_query_ns: number;
  readonly n_n_plus_one: number;
}

/** Aggregates over rows of `endpoint_minutely` or `endpoint_hourly`, under names that no column has. */
export const NUMBER_COLUMNS = `
  sum(requests) AS n, sum(errors) AS n_errors, sum(slow_requests) AS n_slow,
  sum(duration_ns_sum) AS ns_sum, min(duration_ns_min) AS ns_min, max(duration_ns_max) AS ns_max,
  quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles) AS ns_quantiles`;

/** Aggregates over rows of `request_minutely` or `request_hourly`, read with `FINAL`. */
export const QUERY_NUMBER_COLUMNS = `
  sum(query_count) AS n_queries, sum(query_ns) AS n_query_ns, sum(n_plus_one_requests) AS n_n_plus_one`;

export function requestNumbers(row: RequestNumbersRow): RequestNumbers {
  // A BFloat16 sketch answers with a value near the true one, which may lie beyond what was ever measured.
  const clamped = (ns: number) => milliseconds(Math.min(Math.max(ns, row.ns_min), row.ns_max));
  const perRequest = (total: number) => (row.n === 0 ? 0 : total / row.n);
  return {
    requests: row.n,
    errors: row.n_errors,
    errorRate: perRequest(row.n_errors),
    avgMs: milliseconds(perRequest(row.ns_sum)),
    p50Ms: clamped(row.ns_quantiles[0]),
    p95Ms: clamped(row.ns_quantiles[1]),
    p99Ms: clamped(row.ns_quantiles[2]),
    minMs: milliseconds(row.ns_min),
    maxMs: milliseconds(row.ns_max),
    slowRequests: row.n_slow,
    nPlusOneRequests: row.n_n_plus_one,
    queriesPerRequest: perRequest(row.n_queries),
    queryMsPerRequest: milliseconds(perRequest(row.n_query_ns)),
  };
}
