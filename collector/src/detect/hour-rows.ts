import type { Store } from '../store/store.ts';

/** Test support: an endpoint's hours, 400 requests each, around 100 ms, by up to 3 % up and down from hour to hour. */
export interface HourRows {
  readonly route: string;
  /** So many endpoints, `ROUTE/0` and so on. @default one, by its name */
  readonly copies?: number;
  readonly startMs: number;
  readonly hours: number;
  /** Hour from which on `1.1.0` answers in place of `1.0.0`. @default none */
  readonly deployHour?: number;
  /** Hours `from` up to `until` take this many times as long, and fail at this rate. @default from the deploy on, 1, 0.01 */
  readonly from?: number;
  readonly until?: number;
  readonly factor?: number;
  readonly errorRate?: number;
}

const REQUESTS = 400;

/** Into the rollup of minutes, by its view's own expressions, a row an hour: what the view makes of such requests. */
export async function insertHours(store: Store, ...endpoints: readonly HourRows[]): Promise<void> {
  for (const { route, startMs, hours, deployHour = hours, ...rest } of endpoints) {
    const { from = deployHour, until = hours, factor = 1, errorRate = 0.01, copies = 0 } = rest;
    await store.command(
      `INSERT INTO ${store.database}.endpoint_minutely
       SELECT toDateTime({start:UInt32} + hour * 3600, 'UTC') AS minute, 'shop' AS service, 'production' AS environment,
         if(hour < {deploy:UInt32}, '1.0.0', '1.1.0') AS version, 'GET' AS method, route,
         count() AS requests, countIf(failed) AS errors, 0 AS slow_requests,
         sum(ns) AS duration_ns_sum, min(ns) AS duration_ns_min, max(ns) AS duration_ns_max,
         sum(toUInt64(round(log(ns) * 1e6))) AS log_micros_sum,
         sum(toUInt64(round(pow(log(ns), 2) * 1e6))) AS log_squared_micros_sum,
         quantilesBFloat16State(0.5, 0.95, 0.99)(toFloat64(ns)) AS duration_ns_quantiles
       FROM (
         SELECT intDiv(number, ${REQUESTS}) % {hours:UInt32} AS hour,
           {route:String} || if({copies:UInt32} = 0, '', '/' || toString(intDiv(number, ${REQUESTS} * {hours:UInt32}))) AS route, hour >= {from:UInt32} AND hour < {until:UInt32} AS changed,
           (number % ${REQUESTS} + 0.5) / ${REQUESTS} AS u,
           0.03 * (cityHash64(hour, route) % 1000 / 500 - 1) AS noise,
           toUInt64(1e8 * exp(0.3 * log(u / (1 - u)) + noise) * if(changed, {factor:Float64}, 1)) AS ns,
           cityHash64(number, route) % 1000 < 1000 * if(changed, {errorRate:Float64}, 0.01) AS failed
         FROM numbers(toUInt64({hours:UInt32}) * ${REQUESTS} * greatest(1, {copies:UInt32}))
       )
       GROUP BY hour, route`,
      { start: startMs / 1000, deploy: deployHour, route, from, until, factor, errorRate, hours, copies },
    );
  }
}
