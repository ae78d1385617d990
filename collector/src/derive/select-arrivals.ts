import type { Store } from '../store/store.ts';
import type { Arrival } from './arrivals.ts';

export interface SpanArrival extends Arrival {
  /** Instrumented entry spans among the rows. */
  readonly instrumented: number;
}

/** Insertions into `spans`. */
export async function selectSpanArrivals(store: Store, fromMs: number): Promise<SpanArrival[]> {
  return store.query(
    `SELECT toUnixTimestamp64Milli(inserted_at) AS atMs, '' AS key, count() AS rows, countIf(instrumented = 1) AS instrumented
     FROM ${store.database}.spans
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64})
     GROUP BY atMs`,
    { fromMs },
  );
}

/** Insertions into `log_exceptions`. */
export async function selectLogArrivals(store: Store, fromMs: number): Promise<Arrival[]> {
  return store.query(
    `SELECT toUnixTimestamp64Milli(inserted_at) AS atMs, '' AS key, count() AS rows
     FROM ${store.database}.log_exceptions
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64})
     GROUP BY atMs`,
    { fromMs },
  );
}

/** The year 2200: nothing is inserted later. */
const FAR_AHEAD_MS = 7_258_118_400_000;

/** Insertions into `request_queries`, by the minute (epoch seconds, the key) whose rollups they change. */
export async function selectMinuteArrivals(store: Store, fromMs: number, untilMs?: number): Promise<Arrival[]> {
  return store.query(
    `SELECT
       toUnixTimestamp64Milli(inserted_at) AS atMs, toString(toUnixTimestamp(toStartOfMinute(timestamp))) AS key,
       count() AS rows
     FROM ${store.database}.request_queries
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64})
       AND inserted_at < fromUnixTimestamp64Milli({untilMs:Int64})
     GROUP BY atMs, key`,
    { fromMs, untilMs: untilMs ?? FAR_AHEAD_MS },
  );
}

/** Computed minutes in `request_minutely`, by the hour (epoch seconds, the key) whose rows they change. */
export async function selectHourArrivals(store: Store, fromMs: number, untilMs?: number): Promise<Arrival[]> {
  return store.query(
    `SELECT
       toUnixTimestamp64Milli(computed_at) AS atMs, toString(toUnixTimestamp(toStartOfHour(minute))) AS key, count() AS rows
     FROM ${store.database}.request_minutely
     WHERE computed_at >= fromUnixTimestamp64Milli({fromMs:Int64})
       AND computed_at < fromUnixTimestamp64Milli({untilMs:Int64})
     GROUP BY atMs, key`,
    { fromMs, untilMs: untilMs ?? FAR_AHEAD_MS },
  );
}
