/** One exception: its newest message and stack, when it was thrown, in which endpoints and versions, and examples. */
import { endpointName } from '../detect/endpoint-name.ts';
import type { Store } from '../store/store.ts';
import { EXCEPTION_IS, listExceptions } from './exceptions.ts';
import { isoMoment } from './moment.ts';
import type { DetailParameters } from './parameters.ts';
import { rowFilter } from './row-filter.ts';
import { SERIES_POINTS, stepFor } from './stepped-window.ts';
import type { ExceptionDetail } from './types.ts';

const ENDPOINTS_MAX = 100;
const VERSIONS_MAX = 50;
const EXAMPLES_MAX = 10;

interface GroupRow {
  readonly n: number;
  readonly first_ms: number;
  readonly last_ms: number;
}
type EndpointRow = GroupRow & { readonly method: string; readonly route: string };
type VersionRow = GroupRow & { readonly version: string };
interface ExampleRow {
  readonly trace_id: string;
  readonly method: string;
  readonly route: string;
  readonly version: string;
  readonly at_ms: number;
  readonly exception_message: string;
}

const COUNTS = `count() AS n, toUnixTimestamp64Milli(toDateTime64(min(timestamp), 3, 'UTC')) AS first_ms,
  toUnixTimestamp64Milli(toDateTime64(max(timestamp), 3, 'UTC')) AS last_ms`;

/** @param key 16 hex digits */
export async function exceptionDetail(
  store: Store,
  key: string,
  parameters: DetailParameters,
  nowMs: number,
): Promise<ExceptionDetail | undefined> {
  const { sinceMs, untilMs } = parameters;
  const [group] = (await listExceptions(store, { ...parameters, sort: 'newest', limit: 1 }, key)).items;
  if (group === undefined) return undefined;
  const filter = rowFilter({ ...parameters, service: group.service });
  const stepMinutes = stepFor((Math.min(untilMs, nowMs) - sinceMs) / 60_000, SERIES_POINTS);
  const params = { ...filter.params, key, sinceMs, untilMs, stepSeconds: stepMinutes * 60 };
  const from = `FROM exceptions FINAL
    WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs:Int64}, 'UTC')
      AND timestamp < fromUnixTimestamp64Milli({untilMs:Int64}, 'UTC') AND ${EXCEPTION_IS} AND ${filter.sql}`;
  const [series, endpoints, versions, examples] = await Promise.all([
    store.query<{ at: number; n: number }>(
      `SELECT toUInt64(intDiv(toUnixTimestamp(timestamp), {stepSeconds:UInt32}) * {stepSeconds:UInt32}) AS at, count() AS n
       ${from} GROUP BY at ORDER BY at`,
      params,
    ),
    store.query<EndpointRow>(
      `SELECT method, route, ${COUNTS} ${from} GROUP BY method, route ORDER BY n DESC, route, method LIMIT ${ENDPOINTS_MAX}`,
      params,
    ),
    store.query<VersionRow>(
      `SELECT version, ${COUNTS} ${from} GROUP BY version ORDER BY first_ms, version LIMIT ${VERSIONS_MAX}`,
      params,
    ),
    store.query<ExampleRow>(
      `SELECT trace_id, method, route, version, exception_message,
         toUnixTimestamp64Milli(toDateTime64(timestamp, 3, 'UTC')) AS at_ms
       ${from} AND trace_id != '' ORDER BY timestamp DESC, trace_id LIMIT ${EXAMPLES_MAX}`,
      params,
    ),
  ]);
  return {
    ...group,
    stepMinutes,
    series: series.map(({ at, n }) => ({ time: isoMoment(at * 1000), count: n })),
    endpoints: endpoints.map(({ method, route, n, last_ms }) => ({
      endpoint: endpointName(method, route),
      count: n,
      lastSeen: isoMoment(last_ms),
    })),
    versions: versions.map(({ version, n, first_ms, last_ms }) => ({
      version,
      count: n,
      firstSeen: isoMoment(first_ms),
      lastSeen: isoMoment(last_ms),
    })),
    examples: examples.map((row) => ({
      traceId: row.trace_id,
      endpoint: endpointName(row.method, row.route),
      version: row.version,
      at: isoMoment(row.at_ms),
      message: row.exception_message,
    })),
  };
}
