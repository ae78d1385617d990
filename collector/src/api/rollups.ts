/**
 * Rows of the rollups that cover a window: whole hours come from the hourly rollups, the minutes before and after them from
 * the minutely ones.
 *
 *     since      hour                    hour     until
 *       |-minutely-|--------hourly---------|-minutely-|
 *
 * Both hold the same sums and mergeable states, so the result is the same as over minutes alone. Hours of endpoints are there with
 * their first request; those of what is derived are computed when the hour is over, so that some more minutes are read of these.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Minutes older than this may be gone: then whole hours stand for them. */
export const MINUTES_KEPT_MS = 13 * 24 * HOUR_MS;
/** An hour is computed within seconds of its end, of a store under load within a minute or two. */
const COMPUTING_MS_MAX = 10 * MINUTE_MS;

export interface RollupWindow {
  /** Bounds in seconds since the epoch; `until` is exclusive. */
  readonly sinceSeconds: number;
  readonly untilSeconds: number;
  readonly firstHourSeconds: number;
  readonly lastHourSeconds: number;
  /** End of the last hour that is computed, between the first and the last. */
  readonly computedHourSeconds: number;
}

/** Whole minutes: the first and the last are taken whole. */
export function rollupWindow(sinceMs: number, untilMs: number, nowMs: number): RollupWindow {
  const unitMs = (epochMs: number) => (epochMs < nowMs - MINUTES_KEPT_MS ? HOUR_MS : MINUTE_MS);
  const since = Math.floor(sinceMs / unitMs(sinceMs)) * unitMs(sinceMs);
  const until = Math.ceil(untilMs / unitMs(untilMs)) * unitMs(untilMs);
  const firstHour = Math.ceil(since / HOUR_MS) * HOUR_MS;
  const lastHour = Math.max(firstHour, Math.floor(until / HOUR_MS) * HOUR_MS);
  const computed = Math.floor((nowMs - COMPUTING_MS_MAX) / HOUR_MS) * HOUR_MS;
  const seconds = (epochMs: number) => epochMs / 1000;
  return {
    sinceSeconds: seconds(since),
    untilSeconds: seconds(until),
    firstHourSeconds: seconds(firstHour),
    lastHourSeconds: seconds(lastHour),
    computedHourSeconds: seconds(Math.max(firstHour, Math.min(lastHour, computed))),
  };
}

/** The same window, of minutes alone: for intervals that an hour's row does not fit into. */
export function ofMinutes(window: RollupWindow): RollupWindow {
  const { untilSeconds } = window;
  return {
    ...window,
    firstHourSeconds: untilSeconds,
    lastHourSeconds: untilSeconds,
    computedHourSeconds: untilSeconds,
  };
}

/** A window over a table with a column `minute`. Its parameters are a {@link RollupWindow}'s fields, as of all that follows. */
export const MINUTE_WINDOW = `minute >= toDateTime({sinceSeconds:UInt32}, 'UTC')
  AND minute < toDateTime({untilSeconds:UInt32}, 'UTC')`;

/** Subqueries with a column `time`. */
export const ENDPOINT_ROLLUP = rollup(
  ['endpoint_minutely', 'endpoint_hourly'],
  `service, environment, version, method, route, requests, errors, slow_requests,
    duration_ns_sum, duration_ns_min, duration_ns_max, duration_ns_quantiles`,
  'lastHourSeconds',
);
export const REQUEST_ROLLUP = rollup(
  ['request_minutely FINAL', 'request_hourly FINAL'],
  'service, environment, version, method, route, query_count, query_ns, n_plus_one_requests',
  'computedHourSeconds',
);
export const QUERY_ROLLUP = rollup(
  ['query_minutely FINAL', 'query_hourly FINAL'],
  `service, environment, version, method, route, fingerprint, db_system, query_text, calls, requests,
    duration_ns_sum, duration_ns_max, duration_ns_quantiles`,
  'computedHourSeconds',
);

function rollup([minutely, hourly]: readonly [string, string], columns: string, lastHour: keyof RollupWindow): string {
  const at = (field: keyof RollupWindow) => `toDateTime({${field}:UInt32}, 'UTC')`;
  return `(
  SELECT minute AS time, ${columns} FROM ${minutely}
  WHERE (minute >= ${at('sinceSeconds')} AND minute < least(${at('firstHourSeconds')}, ${at('untilSeconds')}))
    OR (minute >= ${at(lastHour)} AND minute < ${at('untilSeconds')})
  UNION ALL
  SELECT hour AS time, ${columns} FROM ${hourly}
  WHERE hour >= ${at('firstHourSeconds')} AND hour < ${at(lastHour)}
)`;
}
