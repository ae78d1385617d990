/** Queries of a window, by fingerprint and service, heaviest first: in total time, or in what is asked for. */

import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { QueryParameters } from './parameters.ts';
import { querySummary } from './query-summary.ts';
import { QUERY_ROLLUP, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import type { List, Query, QuerySort } from './types.ts';

const ENDPOINTS_MAX = 20;

interface Row {
  readonly id: string;
  readonly fingerprint_hex: string;
  readonly service: string;
  readonly system: string;
  readonly text: string;
  readonly n_calls: number;
  readonly n_requests: number;
  readonly ns_sum: number;
  readonly ns_max: number;
  readonly ns_quantiles: readonly [number, number, number];
  readonly endpoint_names: string[];
  readonly weight: number;
}

const WEIGHTS: Readonly<Record<QuerySort, string>> = {
  total: 'ns_sum',
  calls: 'n_calls',
  per_request: 'n_calls / n_requests',
  avg: 'ns_sum / n_calls',
  p95: 'ns_quantiles[2]',
};

const sql = (conditions: string, weight: string) => `
SELECT service, leftPad(lower(hex(fingerprint)), 16, '0') AS fingerprint_hex, min(system_here) AS system,
  min(text_here) AS text, sum(calls_here) AS n_calls, sum(requests_here) AS n_requests, sum(ns_here) AS ns_sum,
  max(ns_max_here) AS ns_max,
  quantilesBFloat16WeightedMerge(0.5, 0.95, 0.99)(quantiles_here) AS ns_quantiles,
  arrayMap(x -> x.2, arraySlice(arrayReverseSort(groupArray((ns_here, endpoint_here))), 1, ${ENDPOINTS_MAX})) AS endpoint_names,
  concat(service, '\\n', fingerprint_hex) AS id,
  toFloat64(${weight}) AS weight
FROM (
  SELECT service, fingerprint, if(method = '', route, concat(method, ' ', route)) AS endpoint_here,
    min(db_system) AS system_here, min(query_text) AS text_here, sum(calls) AS calls_here,
    sum(requests) AS requests_here, sum(duration_ns_sum) AS ns_here, max(duration_ns_max) AS ns_max_here,
    quantilesBFloat16WeightedMergeState(0.5, 0.95, 0.99)(duration_ns_quantiles) AS quantiles_here
  FROM ${QUERY_ROLLUP}
  WHERE ${conditions}
  GROUP BY service, fingerprint, endpoint_here
)
GROUP BY service, fingerprint
HAVING {afterId:String} = '' OR (weight, id) < ({afterWeight:Float64}, {afterId:String})
ORDER BY weight DESC, id DESC
LIMIT {limit:UInt32}`;

/** Condition with the parameter `fingerprint`, 16 hex digits. */
export const FINGERPRINT_IS = 'fingerprint = reinterpretAsUInt64(reverse(unhex({fingerprint:String})))';

export async function listQueries(store: Store, parameters: QueryParameters, nowMs: number): Promise<List<Query>> {
  const { sinceMs, untilMs, limit, q, system, fingerprint, sort } = parameters;
  const filter = rowFilter(parameters);
  const search =
    q === undefined
      ? ''
      : ` AND (positionCaseInsensitiveUTF8(query_text, {q:String}) > 0
          OR leftPad(lower(hex(fingerprint)), 16, '0') = lower({q:String}))`;
  const own =
    (system === undefined ? '' : ' AND db_system = {system:String}') +
    (fingerprint === undefined ? '' : ` AND ${FINGERPRINT_IS}`);
  const after = decodeCursor(parameters.cursor, ['number', 'text']);
  const rows = await store.query<Row>(sql(filter.sql + search + own, WEIGHTS[sort]), {
    ...filter.params,
    ...rollupWindow(sinceMs, untilMs, nowMs),
    ...(q !== undefined && { q }),
    ...(system !== undefined && { system }),
    ...(fingerprint !== undefined && { fingerprint }),
    limit: limit + 1,
    afterWeight: after?.[0] ?? '0',
    afterId: after?.[1] ?? '',
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(query),
    nextCursor: rows.length > limit && last ? encodeCursor([String(last.weight), last.id]) : null,
  };
}

function query(row: Row): Query {
  return {
    fingerprint: row.fingerprint_hex,
    summary: querySummary(row.text, row.system),
    text: row.text,
    system: row.system,
    service: row.service,
    calls: row.n_calls,
    callsPerRequest: row.n_requests === 0 ? 0 : row.n_calls / row.n_requests,
    totalMs: milliseconds(row.ns_sum),
    avgMs: milliseconds(row.n_calls === 0 ? 0 : row.ns_sum / row.n_calls),
    p95Ms: milliseconds(Math.min(row.ns_quantiles[1], row.ns_max)),
    maxMs: milliseconds(row.ns_max),
    endpoints: row.endpoint_names,
  };
}
