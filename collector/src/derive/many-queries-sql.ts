import { EXAMPLES_MAX, FINDING_COLUMNS } from './finding-minutely-sql.ts';
import { allRowsOf, ENDPOINT_HASH, MINUTE, MODEST_SETTINGS, minutesOf, REQUEST_HASH } from './minute-source-sql.ts';
import { isQuerySql, isRepeatedSql } from './repeated-sql.ts';

/**
 * Rows of `finding_minutely` of no one query: the requests of an endpoint's minute that made too many queries of a database. A loop
 * is a finding of its own and counts here as one query, without its time. What would be saved is what the queries take one after
 * the other beyond the longest of them.
 */
export function manyQueriesSql(database: string): string {
  return `INSERT INTO ${database}.finding_minutely (${FINDING_COLUMNS})
  SELECT
    minute, cityHash64(service, method, route, toUInt64(0), '') AS finding_key,
    service, environment, version, method, route, 0, '', min(system), '',
    0, 0, count(), quantilesBFloat16State(0.5)(toFloat64(queries)), max(queries),
    sum(toUInt64(least(ns - ns_max, request_ns))), sum(ns), max(ns_max), sum(request_ns),
    '', 0, '', -1,
    arrayDistinct(arrayMap(example -> example.3, groupArraySorted(${EXAMPLES_MAX})((-toInt64(queries), -toInt64(ns), trace_id)))),
    min(seen), max(seen), {computedAt:DateTime64(3)}
  FROM
  (
    SELECT
      minute, any(service) AS service, any(environment) AS environment, any(version) AS version, any(method) AS method,
      any(route) AS route, any(trace_id) AS trace_id, min(system) AS system, sum(if(is_repeated, 1, calls)) AS queries,
      sumIf(group_ns, NOT is_repeated) AS ns, maxIf(group_ns_max, NOT is_repeated) AS ns_max,
      max(group_request_ns) AS request_ns, min(group_seen) AS seen
    FROM
    (
      SELECT
        ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint, cityHash64(loop_path) AS path_hash,
        any(request_queries.service) AS service, any(request_queries.environment) AS environment,
        any(request_queries.version) AS version, any(request_queries.method) AS method,
        any(request_queries.route) AS route, any(request_queries.trace_id) AS trace_id,
        min(request_queries.query_text) AS text, min(toString(db_system)) AS system,
        toUInt64(sum(request_queries.calls)) AS calls, toUInt64(sum(request_queries.repeats)) AS repeats,
        sum(duration_ns) AS group_ns, max(duration_ns_max) AS group_ns_max, max(request_duration_ns) AS group_request_ns,
        min(toDateTime64(timestamp, 3, 'UTC')) AS group_seen, ${isRepeatedSql('repeats', 'text', 'system')} AS is_repeated
      FROM ${minutesOf(database, `cityHash64(request_queries.trace_id, entry_span_id) IN (${candidates(database)})`)}
        AND ${isQuerySql('db_system')}
      GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, path_hash
    )
    GROUP BY minute, endpoint_hash, request_hash, request_hash_2
    HAVING queries >= {manyQueriesThreshold:UInt32}
  )
  GROUP BY minute, service, environment, version, method, route
  ${MODEST_SETTINGS}`;
}

/** Hashes of the requests that made as many, loops and all: few do. */
function candidates(database: string): string {
  return `SELECT request_hash FROM
    (
      SELECT cityHash64(trace_id, entry_span_id) AS request_hash, sum(request_queries.calls) AS request_calls
      FROM ${allRowsOf(database)} AND ${isQuerySql('db_system')}
      GROUP BY request_hash
      HAVING request_calls >= {manyQueriesThreshold:UInt32}
    )`;
}
