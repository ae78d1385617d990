/**
 * The table `endpoint_windows`: what the rule `scan` compares, a row for each endpoint and closed window. A window is written
 * when it is closed, and the two before it once more, for the spans that came late. What is missing, because nobody
 * closed windows before, is filled from the rollups, as far back as a baseline reaches.
 */
import { baselineWindowsMax, CURRENT_WINDOWS_MAX } from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import type { Window } from './window.ts';

/** Windows that a comparison reads: the latest, a baseline, and what its end is aligned by. */
export function windowsCompared(windowMinutes: number): number {
  return baselineWindowsMax(windowMinutes) + CURRENT_WINDOWS_MAX + 12;
}

const REWRITTEN = 3;
/** Endpoints x windows that one statement summarises: a sketch takes some 16 kB while it is merged. */
const SKETCHES_MAX = 4000;

/**
 * Writes the window and what is missing before it; the same again changes nothing.
 * @param endpoints with requests in the window, about as many as in those before
 */
export async function writeEndpointWindows(
  store: Store,
  window: Window,
  endpoints: number,
  nowMs: number,
): Promise<void> {
  const lengthMs = window.endMs - window.startMs;
  const knownMs = await lastWrittenMs(store, window);
  const oldestMs = window.startMs - windowsCompared(window.minutes) * lengthMs;
  const fromMs = Math.max(
    oldestMs,
    Math.min(window.startMs - (REWRITTEN - 1) * lengthMs, knownMs === undefined ? oldestMs : knownMs + lengthMs),
  );
  const chunkMs = lengthMs * Math.max(1, Math.floor(SKETCHES_MAX / Math.max(1, endpoints)));
  for (let startMs = fromMs; startMs < window.endMs; startMs += chunkMs) {
    await writeChunk(store, window.minutes, startMs, Math.min(window.endMs, startMs + chunkMs), nowMs);
  }
}

/** Start of the latest window of this length before this one that has rows. */
async function lastWrittenMs(store: Store, { startMs, minutes }: Window): Promise<number | undefined> {
  const [row] = await store.query<{ start_s: number; count: number }>(
    `SELECT toUnixTimestamp(max(window_start)) AS start_s, count() AS count FROM ${store.database}.endpoint_windows
     WHERE window_minutes = {minutes:UInt16} AND window_start < toDateTime({start:UInt32})`,
    { minutes, start: startMs / 1000 },
  );
  return row === undefined || row.count === 0 ? undefined : row.start_s * 1000;
}

async function writeChunk(store: Store, minutes: number, startMs: number, endMs: number, nowMs: number) {
  // Whole hours have a rollup of their own, with a sixtieth of the sketches to merge.
  const [table, time] = minutes % 60 === 0 ? ['endpoint_hourly', 'hour'] : ['endpoint_minutely', 'minute'];
  await store.longCommand(
    `INSERT INTO ${store.database}.endpoint_windows (window_start, window_minutes, service, environment, method, route,
       requests, errors, duration_ns_sum, log_micros_sum, log_squared_micros_sum,
       p50_ns, p90_ns, p95_ns, p975_ns, p99_ns, computed_at)
     SELECT window_start, {minutes:UInt16}, service, environment, method, route,
       request_count, error_count, ns_sum, log_sum, log_squared_sum,
       quantiles_ns[1], quantiles_ns[2], quantiles_ns[3], quantiles_ns[4], quantiles_ns[5],
       fromUnixTimestamp64Milli({now:Int64}, 'UTC')
     FROM (
       SELECT toDateTime(intDiv(toUnixTimestamp(${time}), {length:UInt32}) * {length:UInt32}, 'UTC') AS window_start,
         service, environment, method, route,
         sum(requests) AS request_count, sum(errors) AS error_count, sum(duration_ns_sum) AS ns_sum,
         sum(log_micros_sum) AS log_sum, sum(log_squared_micros_sum) AS log_squared_sum,
         quantilesBFloat16Merge(0.5, 0.9, 0.95, 0.975, 0.99)(duration_ns_quantiles) AS quantiles_ns
       FROM ${store.database}.${table}
       WHERE ${time} >= toDateTime({start:UInt32}) AND ${time} < toDateTime({end:UInt32})
       GROUP BY window_start, service, environment, method, route
     )
     SETTINGS max_threads = 1, max_block_size = 2048, max_bytes_before_external_group_by = 134217728`,
    { minutes, length: minutes * 60, start: Math.max(0, startMs / 1000), end: endMs / 1000, now: nowMs },
  );
}
