/** Numbers of the chosen endpoints together, by time, by version, or by both. Oldest first. */
import type { Store } from '../store/store.ts';
import { ENDPOINT_ROLLUP, MINUTE_WINDOW, rollupWindow } from './endpoint-rollup.ts';
import { isoMoment } from './moment.ts';
import type { SeriesParameters } from './parameters.ts';
import { NUMBER_COLUMNS, QUERY_NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { rowFilter } from './row-filter.ts';
import type { EndpointSeries } from './types.ts';

const POINTS = 60;
/** More would be no chart. */
const POINTS_MAX = 5000;
const STEPS_MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];
const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;

interface Row extends RequestNumbersRow {
  readonly at: number;
  readonly of_version: string;
}

const sql = (conditions: string, time: (column: string) => string, version: string) => `
SELECT *
FROM (
  SELECT ${time('time')} AS at, ${version} AS of_version, ${NUMBER_COLUMNS}
  FROM ${ENDPOINT_ROLLUP}
  WHERE ${conditions}
  GROUP BY at, of_version
) AS durations
LEFT JOIN (
  SELECT ${time('minute')} AS at, ${version} AS of_version, ${QUERY_NUMBER_COLUMNS}
  FROM request_minutely FINAL
  WHERE ${MINUTE_WINDOW} AND ${conditions}
  GROUP BY at, of_version
) AS queries USING (at, of_version)
ORDER BY at, of_version
LIMIT ${POINTS_MAX}`;

export async function endpointSeries(
  store: Store,
  parameters: SeriesParameters,
  nowMs: number,
): Promise<EndpointSeries> {
  const { sinceMs, by } = parameters;
  const untilMs = Math.min(parameters.untilMs, Math.max(nowMs, sinceMs + 60_000));
  const byTime = by !== 'version';
  const byVersion = by !== 'time';
  const stepMinutes = parameters.step ?? ownStepMinutes((untilMs - sinceMs) / 60_000);
  const window = rollupWindow(sinceMs, untilMs, nowMs);
  const filter = rowFilter(parameters);
  // Steps are multiples of the epoch's, in UTC. A step of minutes must not find an hour's row.
  const stepSeconds = stepMinutes * 60;
  const minutesOnly = stepSeconds % HOUR_SECONDS !== 0 && byTime && recent(sinceMs, nowMs);
  const rows = await store.query<Row>(
    sql(
      filter.sql,
      (column) =>
        byTime
          ? `toUInt64(intDiv(toUnixTimestamp(${column}), {stepSeconds:UInt32}) * {stepSeconds:UInt32})`
          : 'toUInt64(0)',
      byVersion ? 'version' : `''`,
    ),
    {
      ...filter.params,
      ...window,
      ...(minutesOnly && { firstHourSeconds: window.untilSeconds, lastHourSeconds: window.untilSeconds }),
      ...(byTime && { stepSeconds }),
    },
  );
  return {
    items: rows.map((row) => ({
      time: byTime ? isoMoment(row.at * 1000) : null,
      version: byVersion ? row.of_version : null,
      ...requestNumbers(row),
    })),
    nextCursor: null,
    stepMinutes,
  };
}

function recent(sinceMs: number, nowMs: number): boolean {
  return sinceMs >= nowMs - 13 * DAY_SECONDS * 1000;
}

/** The shortest of the usual steps that gives no more than about {@link POINTS} points. */
export function ownStepMinutes(windowMinutes: number): number {
  const exact = windowMinutes / POINTS;
  return STEPS_MINUTES.find((step) => step >= exact) ?? Math.ceil(exact / 1440) * 1440;
}
