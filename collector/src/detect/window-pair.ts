import type { EndpointSample } from '@profiler/analysis';
import type { Store } from '../store/store.ts';
import { type Window, windowBefore } from './window.ts';

/** An endpoint in one environment, in a window and in the one before it. */
export interface WindowPair {
  readonly service: string;
  readonly environment: string;
  readonly method: string;
  readonly route: string;
  readonly baseline: EndpointSample;
  readonly current: EndpointSample;
  /** Versions that answered, without `''`. */
  readonly baselineVersions: readonly string[];
  readonly currentVersions: readonly string[];
}

interface Row {
  service: string;
  environment: string;
  method: string;
  route: string;
  baseline_requests: number;
  baseline_errors: number;
  baseline_duration_ns: number;
  baseline_versions: string[];
  current_requests: number;
  current_errors: number;
  current_duration_ns: number;
  current_versions: string[];
}

/** Versions of one endpoint in one window that are told apart. */
const VERSIONS_MAX = 100;

/** Every endpoint that has requests in the window, whether or not it had any before. In the order of the sorting key. */
export async function readWindowPairs(store: Store, window: Window): Promise<WindowPair[]> {
  const half = (name: string, condition: string) => `
      sumIf(requests, ${condition}) AS ${name}_requests,
      sumIf(errors, ${condition}) AS ${name}_errors,
      toFloat64(sumIf(duration_ns_sum, ${condition})) AS ${name}_duration_ns,
      arraySort(groupUniqArrayIf(${VERSIONS_MAX})(toString(version), version != '' AND ${condition})) AS ${name}_versions`;
  const rows = await store.query<Row>(
    `SELECT service, environment, method, route,
      ${half('baseline', 'minute < toDateTime({middle:UInt32})')},
      ${half('current', 'minute >= toDateTime({middle:UInt32})')}
    FROM ${store.database}.endpoint_minutely
    WHERE minute >= toDateTime({start:UInt32}) AND minute < toDateTime({end:UInt32})
    GROUP BY service, environment, method, route
    HAVING current_requests > 0
    ORDER BY service, route, method, environment`,
    { start: windowBefore(window).startMs / 1000, middle: window.startMs / 1000, end: window.endMs / 1000 },
  );
  return rows.map((row) => ({
    service: row.service,
    environment: row.environment,
    method: row.method,
    route: row.route,
    baseline: sample(row.baseline_requests, row.baseline_errors, row.baseline_duration_ns),
    current: sample(row.current_requests, row.current_errors, row.current_duration_ns),
    baselineVersions: row.baseline_versions,
    currentVersions: row.current_versions,
  }));
}

function sample(requests: number, errors: number, durationNsSum: number): EndpointSample {
  return { requests, errors, durationNsSum };
}
