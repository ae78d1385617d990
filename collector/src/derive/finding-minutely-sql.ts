import {
  allRowsOf,
  ENDPOINT_HASH,
  GROUP_HASH,
  MINUTE,
  MODEST_SETTINGS,
  minutesOf,
  REQUEST_HASH,
} from './minute-source-sql.ts';
import { isHttpSql, isRepeatedSql } from './repeated-sql.ts';

/** Traces that a finding shows as examples, of each minute: those with the most calls, then the slowest. */
export const EXAMPLES_MAX = 5;

export const FINDING_COLUMNS = `minute, finding_key, service, environment, version, method, route, fingerprint, loop_path, db_system,
  query_text, repeated_requests, slow_requests, many_requests, repeats_quantiles, repeats_max, saved_ns_sum, duration_ns_sum,
  duration_ns_max, request_duration_ns_sum, code_file_path, code_line_number, code_function_name, distinct_values,
  example_trace_ids, first_seen, last_seen, computed_at`;

/**
 * Rows of `finding_minutely`: the requests of an endpoint's minute in which one call on one loop path repeated as often as makes
 * a loop, or in which one query took as long as makes it slow. A request that showed neither is no evidence and is in
 * no column.
 *
 * `repeats_quantiles` and `distinct_values` are over the requests with a loop (the first over all where there is none). What would be
 * saved is what a loop takes beyond one call, or all that a slow query takes, and never more than the request took: calls that
 * run side by side add up to more. Call site and examples are chosen by their values, so that a minute comes out
 * the same however its rows came in. Two different values known are two, even if those of other calls are not. A call site is known only to rows that an app with our processor wrote.
 */
export function findingMinutelySql(database: string): string {
  return `INSERT INTO ${database}.finding_minutely (${FINDING_COLUMNS})
  SELECT
    minute, cityHash64(service, method, route, fingerprint, path) AS finding_key,
    service, environment, version, method, route, fingerprint, path, min(system), min(query_text),
    sum(is_repeated) AS repeated_requests, sum(is_slow), 0,
    if(repeated_requests > 0, quantilesBFloat16StateIf(0.5)(toFloat64(repeats), is_repeated),
       quantilesBFloat16State(0.5)(toFloat64(calls))), max(if(is_repeated, repeats, calls)),
    sum(saved_ns), sum(ns), max(ns_max), sum(request_ns),
    max(call_site).1, max(call_site).2, max(call_site).3,
    if(repeated_requests > 0, maxIf(distinct_count, is_repeated), -1),
    arrayDistinct(arrayMap(example -> example.3, groupArraySorted(${EXAMPLES_MAX})((-toInt64(calls), -toInt64(ns), trace_id)))),
    min(seen), max(seen), {computedAt:DateTime64(3)}
  FROM
  (
    SELECT *, ${isRepeatedSql('repeats', 'query_text', 'system')} AS is_repeated,
      ns_max >= {slowQueryNs:UInt64} AND NOT ${isHttpSql('system')} AS is_slow,
      toUInt64(least(toFloat64(ns) * if(is_repeated, (repeats - 1) / calls, 1), toFloat64(request_ns))) AS saved_ns
      FROM
      (
        SELECT
          ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint,
          cityHash64(loop_path) AS path_hash, any(request_queries.service) AS service, any(request_queries.environment) AS environment,
          any(request_queries.version) AS version, any(request_queries.method) AS method,
          any(request_queries.route) AS route, any(request_queries.trace_id) AS trace_id,
          any(toString(loop_path)) AS path,
          min(request_queries.query_text) AS query_text, min(toString(db_system)) AS system,
          toUInt64(sum(request_queries.calls)) AS calls, toUInt64(sum(request_queries.repeats)) AS repeats,
          sum(duration_ns) AS ns, max(duration_ns_max) AS ns_max,
          max(request_duration_ns) AS request_ns,
          max((toString(code_file_path), code_line_number, toString(code_function_name))) AS call_site,
          if(min(distinct_values) < 0 AND max(distinct_values) < 2, -1, max(distinct_values)) AS distinct_count,
          min(toDateTime64(timestamp, 3, 'UTC')) AS seen
        FROM ${minutesOf(database, `${GROUP_HASH} IN (${evidence(database)})`)} AND request_queries.calls > 0
        GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, path_hash
      )
      WHERE is_repeated OR is_slow
  )
  GROUP BY minute, service, environment, version, method, route, fingerprint, path
  ${MODEST_SETTINGS}`;
}

/** Hashes of the groups that reach a threshold, and maybe of some that do not: most rows are left aside by this. */
function evidence(database: string): string {
  return `SELECT group_hash FROM
    (
      SELECT ${GROUP_HASH} AS group_hash,
        sum(request_queries.repeats) AS group_repeats, max(duration_ns_max) AS group_ns_max
      FROM ${allRowsOf(database)}
      GROUP BY group_hash
      HAVING group_repeats >= least({nPlusOneThreshold:UInt32}, {cacheLoopThreshold:UInt32})
        OR group_ns_max >= {slowQueryNs:UInt64}
    )`;
}
