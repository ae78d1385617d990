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
import type { EndpointBaseline, EndpointTrend } from './endpoint-types.ts';
import { isoMoment } from './moment.ts';
import type { EndpointParameters } from './parameters.ts';
import { remembered } from './remembered.ts';
import { NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { ENDPOINT_ROLLUP, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import { steppedWindow } from './stepped-window.ts';

export interface EndpointIdentity {
  readonly service: string;
  readonly method: string;
  readonly route: string;
}

const TREND_POINTS = 30;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const BY_MINUTE_MS_MAX = 6 * HOUR_MS + MINUTE_MS;

const OF_PAGE = `(service, method, route) IN (
  SELECT key.1, key.2, key.3
  FROM (SELECT arrayJoin(arrayZip({services:Array(String)}, {methods:Array(String)}, {routes:Array(String)})) AS key)
)`;

export const identityOf = ({ service, method, route }: EndpointIdentity): string =>
  JSON.stringify([service, method, route]);

interface Point extends EndpointIdentity {
  readonly at: number;
  readonly p95_ns: number;
  readonly ns_min: number;
  readonly ns_max: number;
}

/** By {@link identityOf}; those without requests are left out. Intervals are whole, the first too. */
export async function endpointTrends(
  store: Store,
  page: readonly EndpointIdentity[],
  parameters: EndpointParameters,
  nowMs: number,
): Promise<ReadonlyMap<string, EndpointTrend>> {
  const { stepMinutes, window } = steppedWindow(parameters, TREND_POINTS, nowMs);
  const stepSeconds = stepMinutes * 60;
  const stepOf = (seconds: number) => Math.floor(seconds / stepSeconds);
  const first = stepOf(window.sinceSeconds);
  const length = Math.ceil(window.untilSeconds / stepSeconds) - first;
  // Intervals that are over stay as they are; only the one under way is read each time.
  const openSeconds = Math.max(first, stepOf(Math.min(window.untilSeconds, nowMs / 1000))) * stepSeconds;
  const read = (sinceSeconds: number, untilSeconds: number) =>
    readPoints(
      store,
      page,
      parameters,
      stepMinutes,
      { sinceMs: sinceSeconds * 1000, untilMs: untilSeconds * 1000 },
      nowMs,
    );
  const rows = await Promise.all([
    first * stepSeconds < openSeconds
      ? remembered(
          store,
          JSON.stringify(['trend', keyOf(page, parameters), stepMinutes, first, openSeconds]),
          nowMs,
          () => read(first * stepSeconds, openSeconds),
        )
      : [],
    openSeconds < window.untilSeconds ? read(openSeconds, window.untilSeconds) : [],
  ]);
  const trends = new Map<string, EndpointTrend>();
  for (const row of rows.flat()) {
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

function readPoints(
  store: Store,
  page: readonly EndpointIdentity[],
  parameters: EndpointParameters,
  stepMinutes: number,
  range: { readonly sinceMs: number; readonly untilMs: number },
  nowMs: number,
): Promise<Point[]> {
  const filter = rowFilter(parameters);
  const { window } = steppedWindow({ ...range, step: stepMinutes }, TREND_POINTS, nowMs);
  return store.query<Point>(
    `SELECT service, method, route, toUInt64(intDiv(toUnixTimestamp(time), {stepSeconds:UInt32}) * {stepSeconds:UInt32}) AS at,
       quantilesBFloat16Merge(0.5, 0.95, 0.99)(duration_ns_quantiles)[2] AS p95_ns, min(duration_ns_min) AS ns_min,
       max(duration_ns_max) AS ns_max
     FROM ${ENDPOINT_ROLLUP}
     WHERE ${filter.sql} AND ${OF_PAGE}
     GROUP BY service, method, route, at`,
    { ...filter.params, ...window, ...columnsOf(page), stepSeconds: stepMinutes * 60 },
  );
}

const keyOf = (page: readonly EndpointIdentity[], parameters: EndpointParameters) => [
  page.map(identityOf),
  rowFilter(parameters).params,
];

/** By {@link identityOf}; those that had no requests then are left out. */
export async function endpointBaselines(
  store: Store,
  page: readonly EndpointIdentity[],
  parameters: EndpointParameters,
  nowMs: number,
): Promise<ReadonlyMap<string, EndpointBaseline>> {
  const filter = rowFilter(parameters);
  const window = baselineWindow(parameters, nowMs);
  const rows = await remembered(store, JSON.stringify(['baseline', keyOf(page, parameters), window]), nowMs, () =>
    store.query<EndpointIdentity & RequestNumbersRow>(
      `SELECT service, method, route, ${NUMBER_COLUMNS}, 0 AS n_queries, 0 AS n_query_ns, 0 AS n_n_plus_one
       FROM ${ENDPOINT_ROLLUP}
       WHERE ${filter.sql} AND ${OF_PAGE}
       GROUP BY service, method, route`,
      { ...filter.params, ...window, ...columnsOf(page) },
    ),
  );
  return new Map(
    rows.map((row) => {
      const { requests, errorRate, avgMs, p50Ms, p95Ms, p99Ms } = requestNumbers(row);
      return [identityOf(row), { requests, errorRate, avgMs, p50Ms, p95Ms, p99Ms }];
    }),
  );
}

/**
 * A range that is open to now reaches a little ahead; its baseline does not. It ends with the minute before the range, of more
 * than six hours with the hour, so that hours alone are read, and the same for a while.
 */
export function baselineWindow({ sinceMs, untilMs }: { sinceMs: number; untilMs: number }, nowMs: number) {
  const lengthMs = Math.min(untilMs, Math.max(nowMs, sinceMs + MINUTE_MS)) - sinceMs;
  const unitMs = lengthMs > BY_MINUTE_MS_MAX ? HOUR_MS : MINUTE_MS;
  const endMs = Math.floor(sinceMs / unitMs) * unitMs;
  return rollupWindow(Math.max(0, endMs - Math.round(lengthMs / unitMs) * unitMs), endMs, nowMs);
}

function columnsOf(page: readonly EndpointIdentity[]) {
  return {
    services: page.map(({ service }) => service),
    methods: page.map(({ method }) => method),
    routes: page.map(({ route }) => route),
  };
}
