/**
 * Some requests of an endpoint, chosen by chance, at a cost that does not grow with what is stored: minutes are drawn from
 * the rollup until they hold enough, and only these are read. Raw rows are ordered by minute, so a few minutes are a few granules.
 */
import type { Store } from '../store/store.ts';
import type { ListParameters } from './parameters.ts';
import { MINUTE_WINDOW, rollupWindow } from './rollups.ts';
import { rowFilter } from './row-filter.ts';

export interface SampledRequest {
  readonly trace_id: string;
  readonly span_id: string;
  readonly service: string;
  /** Its start, in seconds since the epoch. */
  readonly minute: number;
  readonly ns: number;
}

const MINUTES_MAX = 500;

/** At most `requestsMax`, in no order that means anything. */
export async function sampleRequests(
  store: Store,
  parameters: ListParameters,
  requestsMax: number,
  nowMs: number,
): Promise<SampledRequest[]> {
  const { sinceSeconds, untilSeconds } = rollupWindow(parameters.sinceMs, parameters.untilMs, nowMs);
  const filter = rowFilter(parameters);
  const minutes = await store.query<{ minute: number }>(
    `SELECT minute_seconds AS minute
     FROM (
       SELECT minute_seconds, sum(n) OVER (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - n AS before
       FROM (
         SELECT toUInt64(toUnixTimestamp(minute)) AS minute_seconds, sum(requests) AS n, cityHash64(minute_seconds) AS place
         FROM endpoint_minutely
         WHERE ${MINUTE_WINDOW} AND ${filter.sql}
         GROUP BY minute_seconds
       )
     )
     WHERE before < {requestsMax:UInt32}
     LIMIT ${MINUTES_MAX}`,
    { ...filter.params, sinceSeconds, untilSeconds, requestsMax },
  );
  if (minutes.length === 0) return [];
  return store.query<SampledRequest>(
    `SELECT trace_id, span_id, service, toUInt64(toUnixTimestamp(toStartOfMinute(timestamp))) AS minute, duration_ns AS ns
     FROM requests
     WHERE toStartOfMinute(timestamp) IN (
         SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC')
       ) AND ${filter.sql}
     ORDER BY cityHash64(span_id)
     LIMIT {requestsMax:UInt32}`,
    { ...filter.params, minutes: minutes.map(({ minute }) => minute), requestsMax },
  );
}

/** SQL that holds for rows of these requests, in a table ordered by minute, service and trace; with their parameters. */
export const OF_SAMPLE = `trace_id IN {traceIds:Array(String)} AND (toStartOfMinute(timestamp), service, trace_id) IN (
  SELECT toDateTime(key.1, 'UTC'), key.2, key.3
  FROM (
    SELECT arrayJoin(arrayZip({minutes:Array(UInt32)}, {services:Array(String)}, {traceIds:Array(String)})) AS key
  )
)`;

export function sampleParams(sample: readonly SampledRequest[]) {
  return {
    minutes: sample.map(({ minute }) => minute),
    services: sample.map(({ service }) => service),
    traceIds: sample.map(({ trace_id }) => trace_id),
  };
}
