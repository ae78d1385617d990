import { OTHER_QUERIES_TEXT } from '@profiler/analysis';
import {
  ENDPOINT_COLUMNS,
  ENDPOINT_HASH,
  MINUTE,
  MODEST_SETTINGS,
  minutesOf,
  REQUEST_HASH,
} from './minute-source-sql.ts';

/**
 * Rows of `request_minutely`: of each endpoint's minute, how many queries its requests made, for how long, and how many
 * requests had an N+1. A request counts once, whatever the number of its N+1s, and its two sources are added first.
 */
export function requestMinutelySql(database: string): string {
  return `INSERT INTO ${database}.request_minutely
    (minute, ${ENDPOINT_COLUMNS}, query_count, query_ns, n_plus_one_requests, computed_at)
  SELECT minute, ${ENDPOINT_COLUMNS}, query_count, query_ns, n_plus_one_requests, {computedAt:DateTime64(3)}
  FROM
  (
    SELECT ${MINUTE}, ${ENDPOINT_COLUMNS}, ${ENDPOINT_HASH}, sum(calls) AS query_count, sum(duration_ns) AS query_ns
    FROM ${minutesOf(database)}
    GROUP BY minute, ${ENDPOINT_COLUMNS}
  ) AS totals
  LEFT JOIN
  (
    SELECT minute, endpoint_hash, uniqExact(request_hash, request_hash_2) AS n_plus_one_requests
    FROM
    (
      SELECT
        ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint, cityHash64(loop_path) AS path_hash,
        sum(request_queries.calls) AS group_calls
      FROM ${minutesOf(database)} AND query_text != '${OTHER_QUERIES_TEXT}'
      GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, path_hash
      HAVING group_calls >= {nPlusOneThreshold:UInt32}
    )
    GROUP BY minute, endpoint_hash
  ) AS repeated
  USING (minute, endpoint_hash)
  ${MODEST_SETTINGS}`;
}
