/**
 * One query: its numbers, when it runs, which endpoints make it, and from which lines. All but the lines come from the
 * rollup. Those are known for single requests only, so they are read for the latest minutes that had the query: a page
 * costs the same however long the time asked for.
 */
import { callSiteText } from '../detect/finding-summary.ts';
import { milliseconds } from '../detect/milliseconds.ts';
import type { QueryParams, Store } from '../store/store.ts';
import { isoMoment } from './moment.ts';
import type { DetailParameters } from './parameters.ts';
import { FINGERPRINT_IS, listQueries } from './queries.ts';
import { MINUTE_WINDOW, QUERY_ROLLUP } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import { SERIES_POINTS, steppedWindow } from './stepped-window.ts';
import type { QueryCallSite, QueryDetail, QueryExample, QueryPoint, QueryUse } from './types.ts';

const USES_MAX = 100;
const CALL_SITES_MAX = 20;
const EXAMPLES_MAX = 10;
/** Looked into for lines and examples: the latest minutes that had the query, until there are so many calls. */
const LATEST_MINUTES_MAX = 5;
const LATEST_CALLS = 2_000;
const ENDPOINT = "if(method = '', route, concat(method, ' ', route)) AS endpoint_here";

/** Of a fingerprint that several services share, without `service`, that of the one that spends most on it. */
export async function queryDetail(
  store: Store,
  fingerprint: string,
  parameters: DetailParameters,
  nowMs: number,
): Promise<QueryDetail | undefined> {
  const list = await listQueries(store, { ...parameters, fingerprint, sort: 'total', limit: 1 }, nowMs);
  const [query] = list.items;
  if (query === undefined) return undefined;
  const filter = rowFilter({ ...parameters, service: query.service });
  const { stepMinutes, window, whole } = steppedWindow(parameters, SERIES_POINTS, nowMs);
  const conditions = `${FINGERPRINT_IS} AND ${filter.sql}`;
  const params = { ...filter.params, fingerprint, ...whole };
  const [series, uses, latest] = await Promise.all([
    readSeries(store, conditions, { ...params, ...window, stepSeconds: stepMinutes * 60 }),
    readUses(store, conditions, params),
    readLatest(store, conditions, params),
  ]);
  return { ...query, stepMinutes, series, uses, ...latest };
}

async function readSeries(store: Store, conditions: string, params: QueryParams): Promise<QueryPoint[]> {
  const rows = await store.query<{ at: number; n_calls: number; ns: number; ns_max: number; p95: number }>(
    `SELECT toUInt64(intDiv(toUnixTimestamp(time), {stepSeconds:UInt32}) * {stepSeconds:UInt32}) AS at,
       sum(calls) AS n_calls, sum(duration_ns_sum) AS ns, max(duration_ns_max) AS ns_max,
       quantilesBFloat16WeightedMerge(0.5, 0.95, 0.99)(duration_ns_quantiles)[2] AS p95
     FROM ${QUERY_ROLLUP} WHERE ${conditions}
     GROUP BY at HAVING n_calls > 0 ORDER BY at`,
    params,
  );
  return rows.map((row) => ({
    time: isoMoment(row.at * 1000),
    calls: row.n_calls,
    totalMs: milliseconds(row.ns),
    avgMs: milliseconds(row.ns / row.n_calls),
    p95Ms: milliseconds(Math.min(row.p95, row.ns_max)),
  }));
}

async function readUses(store: Store, conditions: string, params: QueryParams): Promise<QueryUse[]> {
  const rows = await store.query<{ endpoint_here: string; n_requests: number; n_calls: number; ns: number }>(
    `SELECT ${ENDPOINT}, sum(requests) AS n_requests, sum(calls) AS n_calls, sum(duration_ns_sum) AS ns
     FROM ${QUERY_ROLLUP} WHERE ${conditions}
     GROUP BY endpoint_here HAVING n_calls > 0 ORDER BY ns DESC, endpoint_here LIMIT ${USES_MAX}`,
    params,
  );
  return rows.map((row) => ({
    endpoint: row.endpoint_here,
    requests: row.n_requests,
    calls: row.n_calls,
    callsPerRequest: row.n_requests === 0 ? 0 : row.n_calls / row.n_requests,
    totalMs: milliseconds(row.ns),
  }));
}

interface CallSiteRow {
  readonly site: readonly [file: string, line: number, name: string];
  readonly endpoint_here: string;
  readonly n_requests: number;
  readonly n_calls: number;
  readonly ns: number;
}

interface ExampleRow {
  readonly trace_id: string;
  readonly endpoint_here: string;
  readonly at_ms: number;
  readonly n_calls: number;
  readonly ns: number;
}

/** A request's rows that were written again count once, the newest. */
const latestRows = (conditions: string) => `(
  SELECT * FROM (
    SELECT trace_id, entry_span_id, timestamp, inserted_at, calls, duration_ns, ${ENDPOINT},
      (toString(code_file_path), code_line_number, toString(code_function_name)) AS site
    FROM request_queries
    WHERE toStartOfMinute(timestamp) IN (SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC')) AND ${conditions}
    ORDER BY inserted_at DESC
    LIMIT 1 BY trace_id, entry_span_id, source, loop_path, db_system
  ) WHERE calls > 0
)`;

async function readLatest(
  store: Store,
  conditions: string,
  params: QueryParams,
): Promise<{ callSites: QueryCallSite[]; examples: QueryExample[] }> {
  const latest = await store.query<{ at: number; n_calls: number }>(
    `SELECT toUInt64(toUnixTimestamp(minute)) AS at, sum(calls) AS n_calls FROM query_minutely FINAL
     WHERE ${MINUTE_WINDOW} AND ${conditions} AND calls > 0 GROUP BY at ORDER BY at DESC LIMIT ${LATEST_MINUTES_MAX}`,
    params,
  );
  const minutes: number[] = [];
  for (let calls = 0, at = 0; at < latest.length && calls < LATEST_CALLS; at++) {
    minutes.push(latest[at]!.at);
    calls += latest[at]!.n_calls;
  }
  if (minutes.length === 0) return { callSites: [], examples: [] };
  const within = { ...params, minutes };
  const [callSites, examples] = await Promise.all([
    store.query<CallSiteRow>(
      `SELECT site, endpoint_here, uniqExact((trace_id, entry_span_id)) AS n_requests, sum(calls) AS n_calls,
         sum(duration_ns) AS ns
       FROM ${latestRows(conditions)} WHERE site.1 != ''
       GROUP BY site, endpoint_here ORDER BY ns DESC, site, endpoint_here LIMIT ${CALL_SITES_MAX}`,
      within,
    ),
    store.query<ExampleRow>(
      `SELECT trace_id, entry_span_id, any(endpoint_here) AS endpoint_here,
         toUnixTimestamp64Milli(toDateTime64(min(timestamp), 3, 'UTC')) AS at_ms, sum(calls) AS n_calls,
         sum(duration_ns) AS ns
       FROM ${latestRows(conditions)}
       GROUP BY trace_id, entry_span_id ORDER BY ns DESC, trace_id, entry_span_id LIMIT ${EXAMPLES_MAX}`,
      within,
    ),
  ]);
  return {
    callSites: callSites.map((row) => ({
      callSite: callSiteText(...row.site),
      endpoint: row.endpoint_here,
      requests: row.n_requests,
      calls: row.n_calls,
      totalMs: milliseconds(row.ns),
    })),
    examples: examples.map((row) => ({
      traceId: row.trace_id,
      endpoint: row.endpoint_here,
      startedAt: isoMoment(row.at_ms),
      calls: row.n_calls,
      totalMs: milliseconds(row.ns),
    })),
  };
}
