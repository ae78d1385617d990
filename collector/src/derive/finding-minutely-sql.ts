import { ENDPOINT_HASH, isNPlusOneSql, MINUTE, MODEST_SETTINGS, minutesOf, REQUEST_HASH } from './minute-source-sql.ts';

/** Traces that a finding shows as examples, of each minute: those with the most calls, then the slowest. */
const EXAMPLES_MAX = 5;

/**
 * Rows of `finding_minutely`: the requests of an endpoint's minute in which one query on one loop path reached the number
 * of calls that makes an N+1, or in which one of its calls reached the duration that makes a slow query. A request that
 * reached neither is no evidence and is in no column.
 *
 * `repeats_quantiles` are over the requests with an N+1, or over all where there is none. Call site and examples are
 * chosen by their values, so that a minute comes out the same however its rows came in. A call site is known only to
 * rows that an app with our processor wrote.
 */
export function findingMinutelySql(database: string): string {
  return `INSERT INTO ${database}.finding_minutely
    (minute, finding_key, service, environment, version, method, route, fingerprint, loop_path, db_system, query_text,
     n_plus_one_requests, slow_requests, repeats_quantiles, repeats_max, duration_ns_sum, duration_ns_max,
     request_duration_ns_sum, code_file_path, code_line_number, code_function_name, distinct_values, example_trace_ids,
     first_seen, last_seen, computed_at)
  SELECT
    minute, cityHash64(service, method, route, fingerprint, path) AS finding_key,
    service, environment, version, method, route, fingerprint, path, min(system), min(query_text),
    sum(is_n_plus_one) AS n_plus_one_requests, sum(is_slow),
    if(n_plus_one_requests > 0, quantilesBFloat16StateIf(0.5)(toFloat64(calls), is_n_plus_one),
       quantilesBFloat16State(0.5)(toFloat64(calls))), max(calls),
    sum(ns), max(ns_max), sum(request_ns),
    max(call_site).1, max(call_site).2, max(call_site).3, max(distinct_count),
    arrayDistinct(arrayMap(example -> example.3, groupArraySorted(${EXAMPLES_MAX})((-toInt64(calls), -toInt64(ns), trace_id)))),
    min(seen), max(seen), {computedAt:DateTime64(3)}
  FROM
  (
    SELECT *, ${isNPlusOneSql('calls', 'query_text')} AS is_n_plus_one, ns_max >= {slowQueryNs:UInt64} AS is_slow
      FROM
      (
        SELECT
          ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint,
          cityHash64(loop_path) AS path_hash, any(request_queries.service) AS service, any(request_queries.environment) AS environment,
          any(request_queries.version) AS version, any(request_queries.method) AS method,
          any(request_queries.route) AS route, any(request_queries.trace_id) AS trace_id,
          any(toString(loop_path)) AS path,
          min(request_queries.query_text) AS query_text, min(db_system) AS system,
          toUInt64(sum(request_queries.calls)) AS calls, sum(duration_ns) AS ns, max(duration_ns_max) AS ns_max,
          max(request_duration_ns) AS request_ns,
          max((toString(code_file_path), code_line_number, toString(code_function_name))) AS call_site,
          max(distinct_values) AS distinct_count, min(toDateTime64(timestamp, 3, 'UTC')) AS seen
        FROM ${minutesOf(database)} AND cityHash64(request_queries.trace_id, entry_span_id, fingerprint, loop_path) IN (${evidence(database)})
        GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, path_hash
      )
      WHERE is_n_plus_one OR is_slow
  )
  GROUP BY minute, service, environment, version, method, route, fingerprint, path
  ${MODEST_SETTINGS}`;
}

/** Hashes of the groups that reach a threshold, and maybe of some that do not: most rows are left aside by this. */
function evidence(database: string): string {
  return `SELECT group_hash FROM
    (
      SELECT cityHash64(trace_id, entry_span_id, fingerprint, loop_path) AS group_hash,
        sum(request_queries.calls) AS group_calls, max(duration_ns_max) AS group_ns_max
      FROM ${minutesOf(database)}
      GROUP BY group_hash
      HAVING group_calls >= {nPlusOneThreshold:UInt32} OR group_ns_max >= {slowQueryNs:UInt64}
    )`;
}
