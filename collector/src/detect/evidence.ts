/**
 * What changed with a regression: the numbers of the endpoint before and since, the queries and N+1s that were not there
 * before, and two traces to look at. Read when an alert opens, from the rollups; only the traces come from requests.
 */
import type { Store } from '../store/store.ts';
import type { EndpointIdentity } from './endpoint-series.ts';
import { milliseconds } from './milliseconds.ts';

export interface EndpointNumbers {
  readonly requests: number;
  readonly errorRate: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly queriesPerRequest: number;
}

export interface Evidence {
  readonly before: EndpointNumbers;
  readonly since: EndpointNumbers;
  /** Normalised texts that ran since and not in the three days before; at most five. */
  readonly newQueries: readonly string[];
  readonly newQueryCount: number;
  /** Texts of N+1s likewise. */
  readonly newNPlusOnes: readonly string[];
  readonly newNPlusOneCount: number;
  /** `''` where single requests are gone already. */
  readonly slowTraceId: string;
  readonly ordinaryTraceId: string;
  /** How surely noise does not explain it, and what was asked; `null` for `ratio`, which does not ask. */
  readonly z: number | null;
  readonly zMin: number | null;
  readonly windows: number;
  readonly baselineWindows: number;
}

/** What is compared: milliseconds since the epoch, ends excluded. */
export interface Periods {
  readonly beforeMs: number;
  readonly beforeEndMs: number;
  readonly sinceMs: number;
  readonly sinceEndMs: number;
}

export type Weight = Pick<Evidence, 'z' | 'zMin' | 'windows' | 'baselineWindows'>;

/** Texts that are told; more are only counted. */
const TEXTS_MAX = 5;
/** A query that did not run for so long is new. Three days bound what is read. */
const NEW_MS = 3 * 86_400_000;

/** Alerts of one window that are looked into; the others, which cost less, go without. */
const EVIDENCES_MAX = 10;

export interface Inquiry {
  readonly endpoint: EndpointIdentity;
  readonly periods: Periods;
  readonly weight: Weight;
  readonly costMs: number;
}

/** In the order of what was asked; `null` for those that were too many. One after the other: they read a lot. */
export async function readEvidences(store: Store, inquiries: readonly Inquiry[]): Promise<(Evidence | null)[]> {
  const chosen = new Set([...inquiries].sort((a, b) => b.costMs - a.costMs).slice(0, EVIDENCES_MAX));
  const found: (Evidence | null)[] = [];
  for (const inquiry of inquiries) {
    const { endpoint, periods, weight } = inquiry;
    found.push(chosen.has(inquiry) ? await readEvidence(store, endpoint, periods, weight) : null);
  }
  return found;
}

async function readEvidence(
  store: Store,
  endpoint: EndpointIdentity,
  periods: Periods,
  weight: Weight,
): Promise<Evidence> {
  const { service, environment, method, route } = endpoint;
  const params = {
    ...{ service, environment, method, route, textsMax: TEXTS_MAX },
    ...{ before: periods.beforeMs / 1000, beforeEnd: periods.beforeEndMs / 1000 },
    ...{ since: periods.sinceMs / 1000, sinceEnd: periods.sinceEndMs / 1000 },
    known: Math.max(0, Math.min(periods.beforeMs, periods.sinceMs - NEW_MS)) / 1000,
  };
  const [before, since] = await Promise.all([
    numbers(store, params, periods, 'before'),
    numbers(store, params, periods, 'since'),
  ]);
  const [queries, nPlusOnes, traces] = await Promise.all([
    fresh(store, params, 'query_minutely', 'fingerprint', '1'),
    fresh(store, params, 'finding_minutely', 'finding_key', 'repeated_requests > 0'),
    twoTraces(store, { ...params, median: before.p50Ms * 1e6 }),
  ]);
  return {
    before,
    since,
    newQueries: queries.texts,
    newQueryCount: queries.count,
    newNPlusOnes: nPlusOnes.texts,
    newNPlusOneCount: nPlusOnes.count,
    ...traces,
    ...weight,
  };
}

type Params = Readonly<Record<string, string | number>>;
const ENDPOINT =
  'service = {service:String} AND environment = {environment:String} AND method = {method:String} AND route = {route:String}';

async function numbers(store: Store, params: Params, periods: Periods, period: 'before' | 'since') {
  const [startMs, endMs] =
    period === 'before' ? [periods.beforeMs, periods.beforeEndMs] : [periods.sinceMs, periods.sinceEndMs];
  // Whole hours are read from their own rollup: two weeks of them are a few hundred rows.
  const [table, time] =
    startMs % 3_600_000 === 0 && endMs % 3_600_000 === 0
      ? ['endpoint_hourly', 'hour']
      : ['endpoint_minutely', 'minute'];
  const within = (column: string) =>
    `${column} >= toDateTime({start:UInt32}) AND ${column} < toDateTime({end:UInt32}) AND ${ENDPOINT}`;
  const bound = { ...params, start: startMs / 1000, end: endMs / 1000 };
  const [[row], [queries]] = await Promise.all([
    store.query<{ count: number; error_count: number; ns: number; quantiles: [number, number, number] }>(
      `SELECT sum(requests) AS count, sum(errors) AS error_count, toFloat64(sum(duration_ns_sum)) AS ns,
         quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles) AS quantiles
       FROM ${store.database}.${table} WHERE ${within(time!)}`,
      bound,
    ),
    store.query<{ count: number }>(
      `SELECT sum(query_count) AS count FROM ${store.database}.request_minutely FINAL WHERE ${within('minute')}`,
      bound,
    ),
  ]);
  const count = row?.count ?? 0;
  const per = (sum: number | undefined) => (count > 0 ? (sum ?? 0) / count : 0);
  const [p50, p95, p99] = count > 0 ? row!.quantiles : [0, 0, 0];
  return {
    requests: count,
    errorRate: per(row?.error_count),
    avgMs: milliseconds(per(row?.ns)),
    p50Ms: milliseconds(p50),
    p95Ms: milliseconds(p95),
    p99Ms: milliseconds(p99),
    queriesPerRequest: Math.round(per(queries?.count) * 100) / 100,
  };
}

/** Those that are in the table since the regression and not in the days before, the heaviest first. */
async function fresh(store: Store, params: Params, table: string, key: string, condition: string) {
  const [row] = await store.query<{ texts: string[]; count: number }>(
    `SELECT groupArray({textsMax:UInt8})(text) AS texts, count() AS count
     FROM (
       SELECT any(query_text) AS text, sum(duration_ns_sum) AS ns
       FROM ${store.database}.${table} FINAL
       WHERE minute >= toDateTime({known:UInt32}) AND minute < toDateTime({sinceEnd:UInt32}) AND ${ENDPOINT} AND ${condition}
       GROUP BY ${key}
       HAVING min(minute) >= toDateTime({since:UInt32})
       ORDER BY ns DESC
     )`,
    params,
  );
  return row ?? { texts: [], count: 0 };
}

/** The slowest request since, and the one that is nearest to what was the median before. */
async function twoTraces(store: Store, params: Params) {
  const [row] = await store.query<{ slow: string; ordinary: string }>(
    `SELECT argMax(trace_id, duration_ns) AS slow,
       argMin(trace_id, abs(toFloat64(duration_ns) - {median:Float64})) AS ordinary
     FROM ${store.database}.requests
     WHERE timestamp >= toDateTime({since:UInt32}) AND timestamp < toDateTime({sinceEnd:UInt32}) AND ${ENDPOINT}`,
    params,
  );
  return { slowTraceId: row?.slow ?? '', ordinaryTraceId: row?.ordinary ?? '' };
}
