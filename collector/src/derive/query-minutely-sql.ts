import { minutesOf } from './minute-source-sql.ts';

/**
 * Rows of `query_minutely`: each query of each endpoint's minute.
 *
 * The single durations are not known any more (an instrumented entry span carries their sum), so the quantiles are over
 * the mean duration in each request, weighted by its calls: the p95 is exact for a query that runs once in a request, and
 * between the median and the mean for the repeats of an N+1. The maximum is exact.
 */
export function queryMinutelySql(database: string): string {
  return `INSERT INTO ${database}.query_minutely
    (minute, service, environment, version, method, route, fingerprint, db_system, query_text, calls, requests,
     duration_ns_sum, duration_ns_max, duration_ns_quantiles, computed_at)
  SELECT
    minute, service, environment, version, method, route, fingerprint, db_system, min(text),
    sum(request_calls), count(), sum(ns), max(ns_max),
    quantilesBFloat16WeightedState(0.5, 0.95, 0.99)(ns / request_calls, request_calls), {computedAt:DateTime64(3)}
  FROM
  (
    SELECT
      toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute, service, environment, version, method, route, trace_id,
      entry_span_id, fingerprint, db_system,
      min(query_text) AS text, toUInt64(sum(calls)) AS request_calls, sum(duration_ns) AS ns,
      max(duration_ns_max) AS ns_max
    FROM ${minutesOf(database)}
    GROUP BY minute, service, environment, version, method, route, trace_id, entry_span_id, fingerprint, db_system
  )
  WHERE request_calls > 0
  GROUP BY minute, service, environment, version, method, route, fingerprint, db_system`;
}
