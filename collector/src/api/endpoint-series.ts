/** Numbers of the chosen endpoints together, by time, by version, or by both. Oldest first. */
import type { Store } from '../store/store.ts';
import { isoMoment } from './moment.ts';
import type { SeriesParameters } from './parameters.ts';
import { NUMBER_COLUMNS, QUERY_NUMBER_COLUMNS, type RequestNumbersRow, requestNumbers } from './request-numbers.ts';
import { ENDPOINT_ROLLUP, REQUEST_ROLLUP } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import { SERIES_POINTS, steppedWindow } from './stepped-window.ts';
import type { EndpointSeries } from './types.ts';

/** More would be no chart. */
const POINTS_MAX = 5000;

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
  SELECT ${time('time')} AS at, ${version} AS of_version, ${QUERY_NUMBER_COLUMNS}
  FROM ${REQUEST_ROLLUP}
  WHERE ${conditions}
  GROUP BY at, of_version
) AS queries USING (at, of_version)
ORDER BY at, of_version
LIMIT ${POINTS_MAX}`;

export async function endpointSeries(
  store: Store,
  parameters: SeriesParameters,
  nowMs: number,
): Promise<EndpointSeries> {
  const { by } = parameters;
  const byTime = by !== 'version';
  const byVersion = by !== 'time';
  const { stepMinutes, window, whole } = steppedWindow(parameters, SERIES_POINTS, nowMs);
  const filter = rowFilter(parameters);
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
      ...(byTime ? window : whole),
      ...(byTime && { stepSeconds: stepMinutes * 60 }),
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
