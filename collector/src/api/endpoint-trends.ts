/**
 * What a row of the list of endpoints shows beside its numbers, for all rows of a page together and from the rollups: p95
 * over the time asked for, and the numbers of the range before.
 *
 *     baseline                since                    until
 *        |----- as long -------|----|----|----|----|----|
 *
 * The baseline ends where the list begins and is as long: of a day the same hours of the day before, of a week the same
 * days of the week before.
 */
import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import { ENDPOINT_ROLLUP, rollupWindow } from './endpoint-rollup.ts';
import type { EndpointBaseline, EndpointTrend } from './endpoint-types.ts';
import { isoMoment } from './moment.ts';
import type { EndpointParameters } from './parameters.ts';
import { NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { rowFilter } from './row-filter.ts';
import { steppedWindow } from './stepped-window.ts';

export interface EndpointIdentity {
  readonly service: string;
  readonly method: string;
  readonly route: string;
}

const TREND_POINTS = 30;
const MINUTE_MS = 60_000;

const OF_PAGE = `(service, method, route) IN (
  SELECT key.1, key.2, key.3
  FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {methods:Array(String)}, {routes:Array(String)})) AS key)
)`;

export const identityOf = ({ service, method, route }: EndpointIdentity): string =>
  JSON.stringify([service, method, route]);

/** By {@link identityOf}; those without requests are left out. */
export async function endpointTrends(
  store: Store,
  page: readonly EndpointIdentity[],
  parameters: EndpointParameters,
  nowMs: number,
): Promise<ReadonlyMap<string, EndpointTrend>> {
  const { stepMinutes, window } = steppedWindow(parameters, TREND_POINTS, nowMs);
  const stepSeconds = stepMinutes * 60;
  const filter = rowFilter(parameters);
  const rows = await store.query<EndpointIdentity & { at: number; p95_ns: number; ns_min: number; ns_max: number }>(
    `SELECT service, method, route, toUInt64(intDiv(toUnixTimestamp(time), {stepSeconds:UInt32}) * {stepSeconds:UInt32}) AS at,
       quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)[2] AS p95_ns, min(duration_ns_min) AS ns_min,
       max(duration_ns_max) AS ns_max
     FROM ${ENDPOINT_ROLLUP}
     WHERE ${filter.sql} AND ${OF_PAGE}
     GROUP BY service, method, route, at`,
    { ...filter.params, ...window, ...columnsOf(page), stepSeconds },
  );
  const first = Math.floor(window.sinceSeconds / stepSeconds);
  const length = Math.ceil(window.untilSeconds / stepSeconds) - first;
  const trends = new Map<string, EndpointTrend>();
  for (const row of rows) {
    const key = identityOf(row);
    const trend = trends.get(key) ?? {
      startedAt: isoMoment(first * stepSeconds * 1000),
      stepMinutes,
      p95Ms: new Array<number | null>(length).fill(null),
    };
    trend.p95Ms[row.at / stepSeconds - first] = milliseconds(Math.min(Math.max(row.p95_ns, row.ns_min), row.ns_max));
    trends.set(key, trend);
  }
  return trends;
}

/** By {@link identityOf}; those that had no requests then are left out. */
export async function endpointBaselines(
  store: Store,
  page: readonly EndpointIdentity[],
  parameters: EndpointParameters,
  nowMs: number,
): Promise<ReadonlyMap<string, EndpointBaseline>> {
  const filter = rowFilter(parameters);
  const rows = await store.query<EndpointIdentity & RequestNumbersRow>(
    `SELECT service, method, route, ${NUMBER_COLUMNS}, 0 AS n_queries, 0 AS n_query_ns, 0 AS n_n_plus_one
     FROM ${ENDPOINT_ROLLUP}
     WHERE ${filter.sql} AND ${OF_PAGE}
     GROUP BY service, method, route`,
    { ...filter.params, ...baselineWindow(parameters, nowMs), ...columnsOf(page) },
  );
  return new Map(
    rows.map((row) => {
      const { requests, errorRate, avgMs, p50Ms, p95Ms, p99Ms } = requestNumbers(row);
      return [identityOf(row), { requests, errorRate, avgMs, p50Ms, p95Ms, p99Ms }];
    }),
  );
}

/** A range that is open to now reaches a little ahead; its baseline does not. */
export function baselineWindow({ sinceMs, untilMs }: { sinceMs: number; untilMs: number }, nowMs: number) {
  const lengthMs = Math.min(untilMs, Math.max(nowMs, sinceMs + MINUTE_MS)) - sinceMs;
  // The minute that both share is the list's.
  const endMs = Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS;
  return rollupWindow(Math.max(0, endMs - lengthMs), endMs, nowMs);
}

function columnsOf(page: readonly EndpointIdentity[]) {
  return {
    services: page.map(({ service }) => service),
    methods: page.map(({ method }) => method),
    routes: page.map(({ route }) => route),
  };
}
