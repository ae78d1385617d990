import {
  allRowsOf,
  ENDPOINT_COLUMNS,
  ENDPOINT_HASH,
  GROUP_HASH,
  MINUTE,
  MODEST_SETTINGS,
  minutesOf,
  REQUEST_HASH,
} from './minute-source-sql.ts';
import { isHttpSql, isQuerySql, isRepeatedSql } from './repeated-sql.ts';

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
    FROM ${minutesOf(database)} AND NOT ${isHttpSql('db_system')}
    GROUP BY minute, ${ENDPOINT_COLUMNS}
  ) AS totals
  LEFT JOIN
  (
    SELECT minute, endpoint_hash, uniqExact(request_hash, request_hash_2) AS n_plus_one_requests
    FROM
    (
      SELECT
        ${MINUTE}, ${ENDPOINT_HASH}, ${REQUEST_HASH}, fingerprint, cityHash64(loop_path) AS path_hash,
        sum(request_queries.repeats) AS group_repeats, min(request_queries.query_text) AS group_text, min(toString(db_system)) AS group_system
      FROM ${minutesOf(database, `${GROUP_HASH} IN (${repeating(database)})`)} AND ${isQuerySql('db_system')}
      GROUP BY minute, endpoint_hash, request_hash, request_hash_2, fingerprint, path_hash
      HAVING ${isRepeatedSql('group_repeats', 'group_text', 'group_system')}
    )
    GROUP BY minute, endpoint_hash
  ) AS repeated
  USING (minute, endpoint_hash)
  ${MODEST_SETTINGS}`;
}

/** Hashes of the groups that repeat as often as makes a loop, and maybe of some that do not: most rows are left aside by this. */
function repeating(database: string): string {
  return `SELECT group_hash FROM
        (
          SELECT ${GROUP_HASH} AS group_hash, sum(request_queries.repeats) AS group_repeats
          FROM ${allRowsOf(database)} AND ${isQuerySql('db_system')}
          GROUP BY group_hash
          HAVING group_repeats >= {nPlusOneThreshold:UInt32}
        )`;
}
