/** Endpoints of a window, heaviest first, from the rollups alone. */
import type { Store } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { endpointBaselines, endpointTrends, identityOf } from './endpoint-trends.ts';
import type { EndpointParameters } from './parameters.ts';
import { NUMBER_COLUMNS, QUERY_NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { ENDPOINT_ROLLUP, REQUEST_ROLLUP, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import type { Endpoint, EndpointSort, List } from './types.ts';

/** Impact is what the users of an endpoint waited for, together: requests x average. */
const WEIGHTS: Readonly<Record<EndpointSort, string>> = {
  impact: 'ns_sum',
  p95: 'ns_quantiles[2]',
  avg: 'ns_sum / n',
  requests: 'n',
  errors: 'n_errors',
  n_plus_one: 'n_n_plus_one',
  queries: 'n_queries / n',
};

interface Row extends RequestNumbersRow {
  readonly service: string;
  readonly method: string;
  readonly route: string;
  /** Start of its first minute, or hour, in the window. */
  readonly first_seconds: number;
  readonly weight: number;
  readonly id: string;
}

const sql = (conditions: string, weight: string) => `
SELECT *, toFloat64(${weight}) AS weight, concat(service, '\\n', route, '\\n', method) AS id
FROM (
  SELECT service, method, route, toUInt64(toUnixTimestamp(min(time))) AS first_seconds, ${NUMBER_COLUMNS}
  FROM ${ENDPOINT_ROLLUP}
  WHERE ${conditions}
  GROUP BY service, method, route
) AS durations
LEFT JOIN (
  SELECT service, method, route, ${QUERY_NUMBER_COLUMNS}
  FROM ${REQUEST_ROLLUP}
  WHERE ${conditions}
  GROUP BY service, method, route
) AS queries USING (service, method, route)
WHERE {afterId:String} = '' OR (weight, id) < ({afterWeight:Float64}, {afterId:String})
ORDER BY weight DESC, id DESC
LIMIT {limit:UInt32}`;

export async function listEndpoints(
  store: Store,
  parameters: EndpointParameters,
  nowMs: number,
): Promise<List<Endpoint>> {
  const { sinceMs, untilMs, limit, sort, q, trend = false, baseline = false } = parameters;
  const filter = rowFilter(parameters);
  const search = q === undefined ? '' : ' AND positionCaseInsensitiveUTF8(route, {q:String}) > 0';
  const after = decodeCursor(parameters.cursor, ['number', 'text']);
  const rows = await store.query<Row>(sql(filter.sql + search, WEIGHTS[sort]), {
    ...filter.params,
    ...rollupWindow(sinceMs, untilMs, nowMs),
    ...(q !== undefined && { q }),
    limit: limit + 1,
    afterWeight: after?.[0] ?? '0',
    afterId: after?.[1] ?? '',
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const [trends, baselines] = await Promise.all([
    trend && page.length > 0 ? endpointTrends(store, page, fromFirst(page, parameters), nowMs) : undefined,
    baseline && page.length > 0 ? endpointBaselines(store, page, parameters, nowMs) : undefined,
  ]);
  return {
    items: page.map((row) => ({
      service: row.service,
      method: row.method,
      route: row.route,
      ...requestNumbers(row),
      ...(trend && { trend: trends?.get(identityOf(row)) ?? null }),
      ...(baseline && { baseline: baselines?.get(identityOf(row)) ?? null }),
    })),
    nextCursor: rows.length > limit && last ? encodeCursor([String(last.weight), last.id]) : null,
  };
}

/** Where a store is younger than the window, a trend over all of it would be one point at its end. */
function fromFirst(page: readonly Row[], parameters: EndpointParameters): EndpointParameters {
  const firstMs = Math.min(...page.map(({ first_seconds }) => first_seconds)) * 1000;
  return { ...parameters, sinceMs: Math.max(parameters.sinceMs, firstMs) };
}
