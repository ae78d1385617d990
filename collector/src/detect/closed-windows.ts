/** The table `windows`: what the scheduler has closed, so that a restart neither repeats nor forgets a window. */
import type { Store } from '../store/store.ts';
import { type Window, windowAt } from './window.ts';

export interface ClosedWindow {
  readonly window: Window;
  readonly endpoints: number;
  /** Alerts that fire after it. */
  readonly regressions: number;
  readonly closedAtMs: number;
}

export async function recordClosedWindow(store: Store, closed: ClosedWindow): Promise<void> {
  await store.insertRows('windows', [
    {
      window_start: new Date(closed.window.startMs).toISOString(),
      window_minutes: closed.window.minutes,
      endpoints: closed.endpoints,
      regressions: closed.regressions,
      closed_at: new Date(closed.closedAtMs).toISOString(),
    },
  ]);
}

/**
 * The latest window of this length, ending by `untilMs`, that was closed `graceMs` or more after its end: one closed
 * earlier is not final, one closed later was closed by a clock that was wrong.
 */
export async function lastClosedWindow(
  store: Store,
  minutes: number,
  graceMs: number,
  untilMs: number,
): Promise<ClosedWindow | undefined> {
  const [row] = await store.query<{ start_s: number; endpoints: number; regressions: number; closed_at_ms: number }>(
    `SELECT toUnixTimestamp(window_start) AS start_s, endpoints, regressions,
       toUnixTimestamp64Milli(closed_at) AS closed_at_ms
     FROM ${store.database}.windows
     WHERE window_minutes = {minutes:UInt16} AND window_start < toDateTime({until:UInt32})
       AND closed_at_ms >= (toInt64(start_s) + {minutes:UInt16} * 60) * 1000 + {graceMs:UInt32}
     ORDER BY window_start DESC, closed_at DESC
     LIMIT 1`,
    { minutes, graceMs, until: untilMs / 1000 },
  );
  if (row === undefined) return undefined;
  const { endpoints, regressions, closed_at_ms: closedAtMs } = row;
  return { window: windowAt(row.start_s * 1000, minutes), endpoints, regressions, closedAtMs };
}

/** Windows with requests that start at or after `fromMs` and before `untilMs`, oldest first. */
export async function windowsWithRequests(
  store: Store,
  minutes: number,
  fromMs: number,
  untilMs: number,
): Promise<Window[]> {
  const rows = await store.query<{ start_s: number }>(
    `SELECT DISTINCT intDiv(toUnixTimestamp(minute), {length:UInt32}) * {length:UInt32} AS start_s
     FROM ${store.database}.endpoint_minutely
     WHERE minute >= toDateTime({from:UInt32}) AND minute < toDateTime({until:UInt32})
     ORDER BY start_s`,
    { length: minutes * 60, from: Math.max(0, fromMs / 1000), until: Math.max(0, untilMs / 1000) },
  );
  return rows.map((row) => windowAt(row.start_s * 1000, minutes));
}
