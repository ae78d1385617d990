/**
 * Services of a window with their versions, busiest first, from the rollups. Whether our span processor writes a service's
 * numbers is the one thing that they do not say: that is read from the requests of its last minute.
 */

import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { isoMoment } from './moment.ts';
import type { ListParameters } from './parameters.ts';
import { ENDPOINT_ROLLUP, MINUTE_WINDOW, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import type { List, Service } from './types.ts';

const VERSIONS_MAX = 50;

interface Row {
  readonly service: string;
  readonly n: number;
  readonly n_errors: number;
  readonly ns_sum: number;
  readonly ns_max: number;
  readonly ns_quantiles: readonly [number, number, number];
  readonly names: string[];
  readonly last_seconds: number;
  /** `[version, requests, first seconds, last seconds]`, newest first. */
  readonly of_versions: readonly (readonly [string, number, number, number])[];
  readonly is_instrumented: number;
}

const sql = (conditions: string) => `
SELECT *
FROM (
  SELECT service, sum(requests_here) AS n, sum(errors_here) AS n_errors, sum(ns_here) AS ns_sum, max(ns_max_here) AS ns_max,
    quantilesBFloat16Merge(0.5, 0.95, 0.99)(quantiles_here) AS ns_quantiles,
    arraySort(groupUniqArrayArray(environments_here)) AS names,
    max(last_here) AS last_seconds,
    arraySlice(arrayReverseSort(x -> (x.4, x.1), groupArray(tuple(version, requests_here, first_here, last_here))), 1,
      ${VERSIONS_MAX}) AS of_versions
  FROM (
    SELECT service, version, sum(requests) AS requests_here, sum(errors) AS errors_here, sum(duration_ns_sum) AS ns_here,
      max(duration_ns_max) AS ns_max_here,
      quantilesBFloat16MergeState(0.5, 0.95, 0.99)(duration_ns_quantiles) AS quantiles_here,
      groupUniqArrayIf(toString(environment), environment != '') AS environments_here,
      toUInt64(toUnixTimestamp(min(time))) AS first_here, toUInt64(toUnixTimestamp(max(time))) AS last_here
    FROM ${ENDPOINT_ROLLUP}
    WHERE ${conditions}
    GROUP BY service, version
  )
  GROUP BY service
) AS numbers
LEFT JOIN (
  SELECT service, max(instrumented) AS is_instrumented
  FROM requests
  WHERE (toStartOfMinute(timestamp), service) IN (
      SELECT max(minute), service FROM endpoint_minutely WHERE ${MINUTE_WINDOW} AND ${conditions} GROUP BY service
    ) AND ${conditions}
  GROUP BY service
) AS doors USING (service)
WHERE {afterService:String} = '' OR (n, service) < ({afterRequests:UInt64}, {afterService:String})
ORDER BY n DESC, service DESC
LIMIT {limit:UInt32}`;

/** Of a version, when it was first and last seen is known to the minute, or to the hour over long windows. */
export async function listServices(store: Store, parameters: ListParameters, nowMs: number): Promise<List<Service>> {
  const { sinceMs, untilMs, limit } = parameters;
  const filter = rowFilter(parameters);
  const after = decodeCursor(parameters.cursor, ['integer', 'text']);
  const rows = await store.query<Row>(sql(filter.sql), {
    ...filter.params,
    ...rollupWindow(sinceMs, untilMs, nowMs),
    limit: limit + 1,
    afterRequests: after?.[0] ?? '0',
    afterService: after?.[1] ?? '',
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(service),
    nextCursor: rows.length > limit && last ? encodeCursor([String(last.n), last.service]) : null,
  };
}

function service(row: Row): Service {
  return {
    service: row.service,
    requests: row.n,
    errors: row.n_errors,
    errorRate: row.n_errors / row.n,
    avgMs: milliseconds(row.ns_sum / row.n),
    p95Ms: milliseconds(Math.min(row.ns_quantiles[1], row.ns_max)),
    instrumented: row.is_instrumented === 1,
    environments: row.names,
    lastSeen: isoMoment(row.last_seconds * 1000),
    versions: row.of_versions.map(([version, requests, first, last]) => ({
      version,
      requests,
      firstSeen: isoMoment(first * 1000),
      lastSeen: isoMoment(last * 1000),
    })),
  };
}
