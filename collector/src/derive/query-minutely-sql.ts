import {
  allRowsOf,
  ENDPOINT_COLUMNS,
  ENDPOINT_HASH,
  MINUTE,
  MODEST_SETTINGS,
  minutesOf,
  REQUEST_HASH,
} from './minute-source-sql.ts';
import { isHttpSql } from './repeated-sql.ts';

/**
 * Rows of `query_minutely`: each query of each endpoint's minute.
 *
 * The single durations are not known any more (an instrumented entry span carries their sum), so the quantiles are over
 * the mean duration in each request, weighted by its calls: the p95 is exact for a query that runs once in a request, and
 * between the median and the mean for the repeats of an N+1. The maximum is exact.
 */
export function queryMinutelySql(database: string): string {
  return `INSERT INTO ${database}.query_minutely
    (minute, ${ENDPOINT_COLUMNS}, fingerprint, db_system, query_text, calls, requests, duration_ns_sum, duration_ns_max,
     duration_ns_quantiles, computed_at)
  SELECT
    minute, ${ENDPOINT_COLUMNS}, fingerprint, db_system, text, calls, requests, ns, ns_max, quantiles, {computedAt:DateTime64(3)}
  FROM
  (
    SELECT
      minute, endpoint_hash, fingerprint, system_hash, sum(request_calls) AS calls, count() AS requests,
      sum(request_ns) AS ns, max(request_ns_max) AS ns_max,
      quantilesBFloat16WeightedState(0.5, 0.95, 0.99)(request_ns / request_calls, request_calls) AS quantiles
    FROM
    (
      SELECT
        ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint, cityHash64(db_system) AS system_hash,
        toUInt64(sum(request_queries.calls)) AS request_calls, sum(duration_ns) AS request_ns,
        max(duration_ns_max) AS request_ns_max
      FROM ${minutesOf(database)} AND NOT ${isHttpSql('db_system')}
      GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, system_hash
    )
    WHERE request_calls > 0
    GROUP BY minute, endpoint_hash, fingerprint, system_hash
  ) AS numbers
  INNER JOIN
  (
    SELECT
      ${MINUTE}, ${ENDPOINT_COLUMNS}, ${ENDPOINT_HASH}, fingerprint, db_system, cityHash64(db_system) AS system_hash,
      min(query_text) AS text
    FROM ${allRowsOf(database)} AND NOT ${isHttpSql('db_system')}
    GROUP BY minute, ${ENDPOINT_COLUMNS}, fingerprint, db_system
  ) AS names
  USING (minute, endpoint_hash, fingerprint, system_hash)
  ${MODEST_SETTINGS}`;
}
