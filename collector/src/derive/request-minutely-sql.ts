import { IS_N_PLUS_ONE, minutesOf } from './minute-source-sql.ts';

/**
 * Rows of `request_minutely`: of each endpoint's minute, how many queries its requests made, for how long, and how many
 * requests had an N+1. A request counts once, whatever the number of its N+1s, and its two sources are added first.
 */
export function requestMinutelySql(database: string): string {
  return `INSERT INTO ${database}.request_minutely
    (minute, service, environment, version, method, route, query_count, query_ns, n_plus_one_requests, computed_at)
  SELECT
    minute, service, environment, version, method, route,
    sum(request_calls), sum(request_ns), sum(has_n_plus_one), {computedAt:DateTime64(3)}
  FROM
  (
    SELECT
      minute, service, environment, version, method, route, trace_id, entry_span_id,
      sum(calls) AS request_calls, sum(ns) AS request_ns, max(${IS_N_PLUS_ONE}) AS has_n_plus_one
    FROM
    (
      SELECT
        toStartOfMinute(toDateTime(timestamp, 'UTC')) AS minute, service, environment, version, method, route, trace_id,
        entry_span_id, fingerprint, loop_path,
        min(query_text) AS query_text, toUInt64(sum(request_queries.calls)) AS calls, sum(duration_ns) AS ns
      FROM ${minutesOf(database)}
      GROUP BY minute, service, environment, version, method, route, trace_id, entry_span_id, fingerprint, loop_path
    )
    GROUP BY minute, service, environment, version, method, route, trace_id, entry_span_id
  )
  GROUP BY minute, service, environment, version, method, route`;
}
