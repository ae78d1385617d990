/**
 * Rows of the endpoint rollups that cover a window: whole hours come from the hourly rollup, the minutes before and after
 * them from the minutely one.
 *
 *     since      hour                    hour     until
 *       |-minutely-|--------hourly---------|-minutely-|
 *
 * Both hold the same sums and mergeable states, so the result is the same as over minutes alone.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Minutes older than this may be gone: then whole hours stand for them. */
const MINUTES_KEPT_MS = 13 * 24 * HOUR_MS;

export interface RollupWindow {
  /** Bounds in seconds since the epoch; `until` is exclusive. */
  readonly sinceSeconds: number;
  readonly untilSeconds: number;
  readonly firstHourSeconds: number;
  readonly lastHourSeconds: number;
}

/** Whole minutes: the first and the last are taken whole. */
export function rollupWindow(sinceMs: number, untilMs: number, nowMs: number): RollupWindow {
  const unitMs = (epochMs: number) => (epochMs < nowMs - MINUTES_KEPT_MS ? HOUR_MS : MINUTE_MS);
  const since = Math.floor(sinceMs / unitMs(sinceMs)) * unitMs(sinceMs);
  const until = Math.ceil(untilMs / unitMs(untilMs)) * unitMs(untilMs);
  const firstHour = Math.ceil(since / HOUR_MS) * HOUR_MS;
  const lastHour = Math.max(firstHour, Math.floor(until / HOUR_MS) * HOUR_MS);
  const seconds = (epochMs: number) => epochMs / 1000;
  return {
    sinceSeconds: seconds(since),
    untilSeconds: seconds(until),
    firstHourSeconds: seconds(firstHour),
    lastHourSeconds: seconds(lastHour),
  };
}

const COLUMNS = `service, environment, version, method, route, requests, errors, slow_requests,
    duration_ns_sum, duration_ns_min, duration_ns_max, duration_ns_quantiles`;

/** A subquery with a column `time`; its parameters are a {@link RollupWindow}'s fields. */
export const ENDPOINT_ROLLUP = `(
  SELECT minute AS time, ${COLUMNS} FROM endpoint_minutely
  WHERE (minute >= toDateTime({sinceSeconds:UInt32}, 'UTC')
      AND minute < toDateTime(least({firstHourSeconds:UInt32}, {untilSeconds:UInt32}), 'UTC'))
    OR (minute >= toDateTime({lastHourSeconds:UInt32}, 'UTC') AND minute < toDateTime({untilSeconds:UInt32}, 'UTC'))
  UNION ALL
  SELECT hour AS time, ${COLUMNS} FROM endpoint_hourly
  WHERE hour >= toDateTime({firstHourSeconds:UInt32}, 'UTC') AND hour < toDateTime({lastHourSeconds:UInt32}, 'UTC')
)`;

/** The same window over a table with a column `minute`. */
export const MINUTE_WINDOW = `minute >= toDateTime({sinceSeconds:UInt32}, 'UTC')
  AND minute < toDateTime({untilSeconds:UInt32}, 'UTC')`;
