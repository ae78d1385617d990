/** How many requests of an endpoint took how long when, from the rollups alone, so over as long as these are kept. */
import { milliseconds } from '../detect/milliseconds.ts';
import type { Store } from '../store/store.ts';
import type { EndpointHeatmap } from './endpoint-types.ts';
import { LEVELS, rowBounds, rowCounts } from './heatmap-buckets.ts';
import { isoMoment } from './moment.ts';
import type { ListParameters } from './parameters.ts';
import { ENDPOINT_ROLLUP } from './rollups.ts';
import { rowFilter } from './row-filter.ts';
import { steppedWindow } from './stepped-window.ts';

const COLUMNS = 60;

interface Row {
  readonly at: number;
  readonly n: number;
  readonly ns_min: number;
  readonly ns_max: number;
  readonly ns_levels: readonly number[];
}

export async function endpointHeatmap(
  store: Store,
  parameters: ListParameters,
  nowMs: number,
): Promise<EndpointHeatmap> {
  const { stepMinutes, window } = steppedWindow(parameters, COLUMNS, nowMs);
  const filter = rowFilter(parameters);
  const rows = await store.query<Row>(
    `SELECT toUInt64(intDiv(toUnixTimestamp(time), {stepSeconds:UInt32}) * {stepSeconds:UInt32}) AS at, sum(requests) AS n,
       min(duration_ns_min) AS ns_min, max(duration_ns_max) AS ns_max,
       quantilesBFloat16Merge(${LEVELS.join(', ')})(duration_ns_quantiles) AS ns_levels
     FROM ${ENDPOINT_ROLLUP}
     WHERE ${filter.sql}
     GROUP BY at
     ORDER BY at`,
    { ...filter.params, ...window, stepSeconds: stepMinutes * 60 },
  );
  if (rows.length === 0) return { stepMinutes, boundsMs: [], columns: [] };
  const boundsMs = rowBounds(
    Math.min(...rows.map(({ ns_min }) => ns_min)) / 1e6,
    Math.max(...rows.map(({ ns_max }) => ns_max)) / 1e6,
  );
  return {
    stepMinutes,
    boundsMs,
    columns: rows.map(({ at, n, ns_min, ns_max, ns_levels }) => ({
      time: isoMoment(at * 1000),
      requests: n,
      counts: rowCounts(
        ns_levels.map((ns) => milliseconds(Math.min(Math.max(ns, ns_min), ns_max))),
        n,
        boundsMs,
      ),
    })),
  };
}
