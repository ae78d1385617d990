/** Reads the series of every endpoint, in Native blocks: a run compares hundreds of thousands of windows. */
import { type EndpointSeries, emptySeries, SERIES_COLUMNS } from '@profiler/analysis';
import { NativeReader } from '../derive/memory/native-reader.ts';
import type { QueryParams, Store } from '../store/store.ts';
import type { Window } from './window.ts';

export interface EndpointIdentity {
  readonly service: string;
  readonly environment: string;
  readonly method: string;
  readonly route: string;
}

export interface IdentifiedSeries extends EndpointIdentity {
  readonly series: EndpointSeries;
}

const COLUMNS: Readonly<Record<(typeof SERIES_COLUMNS)[number], string>> = {
  requests: 'requests',
  errors: 'errors',
  durationNsSum: 'duration_ns_sum',
  logMicrosSum: 'log_micros_sum',
  logSquaredMicrosSum: 'log_squared_micros_sum',
  p50Ns: 'p50_ns',
  p90Ns: 'p90_ns',
  p95Ns: 'p95_ns',
  p975Ns: 'p975_ns',
  p99Ns: 'p99_ns',
};
/** Endpoints that are in memory at a time, about 30 kB each. */
const ENDPOINTS_MAX = 1000;

/**
 * Endpoints with requests in the window or in the one before it, each with its last `windows` windows, this one the last. In
 * portions, so that any number of endpoints fits into memory.
 */
export async function* readSeries(store: Store, window: Window, windows: number): AsyncGenerator<IdentifiedSeries[]> {
  const identities = await store.query<EndpointIdentity & { hash: string }>(
    `SELECT service, environment, method, route, ${HASH_TEXT} AS hash
     FROM ${store.database}.endpoint_windows
     WHERE window_minutes = {minutes:UInt16} AND window_start >= toDateTime({from:UInt32})
       AND window_start <= toDateTime({start:UInt32})
     GROUP BY service, environment, method, route
     ORDER BY service, route, method, environment`,
    { minutes: window.minutes, from: window.startMs / 1000 - window.minutes * 60, start: window.startMs / 1000 },
  );
  for (let at = 0; at < identities.length; at += ENDPOINTS_MAX) {
    yield await readPortion(store, window, windows, identities.slice(at, at + ENDPOINTS_MAX));
  }
}

/** Endpoints called so, `METHOD route` or a route, among those with requests in the windows that are compared. */
export async function endpointsNamed(store: Store, { startMs, minutes }: Window, endpoint: string) {
  return store.query<EndpointIdentity>(
    `SELECT service, environment, method, route
     FROM ${store.database}.endpoint_windows
     WHERE window_minutes = {minutes:UInt16} AND window_start <= toDateTime({start:UInt32})
       AND (route = {endpoint:String} OR concat(method, ' ', route) = {endpoint:String})
     GROUP BY service, environment, method, route
     ORDER BY service, route, method, environment
     LIMIT 100`,
    { minutes, start: startMs / 1000, endpoint },
  );
}

/** One endpoint's series, in every service and environment that has it. */
export async function readSeriesOf(
  store: Store,
  window: Window,
  windows: number,
  identities: readonly EndpointIdentity[],
): Promise<IdentifiedSeries[]> {
  const hashed = await store.query<EndpointIdentity & { hash: string }>(
    `SELECT service, environment, method, route, ${HASH_TEXT} AS hash
     FROM ${store.database}.endpoint_windows
     WHERE window_minutes = {minutes:UInt16} AND route IN {routes:Array(String)}
     GROUP BY service, environment, method, route
     ORDER BY service, route, method, environment`,
    { minutes: window.minutes, routes: [...new Set(identities.map(({ route }) => route))] },
  );
  const wanted = new Set(identities.map(nameOf));
  return readPortion(
    store,
    window,
    windows,
    hashed.filter((identity) => wanted.has(nameOf(identity))),
  );
}

export function nameOf({ service, environment, method, route }: EndpointIdentity): string {
  return JSON.stringify([service, environment, method, route]);
}

const HASH = 'cityHash64(service, environment, method, route)';
/** `hex` leaves out bytes that are zero at the front. */
const HASH_TEXT = `leftPad(lower(hex(${HASH})), 16, '0')`;

async function readPortion(
  store: Store,
  window: Window,
  windows: number,
  identities: readonly (EndpointIdentity & { hash: string })[],
): Promise<IdentifiedSeries[]> {
  const lengthMs = window.endMs - window.startMs;
  const startMs = window.startMs - (windows - 1) * lengthMs;
  const found = identities.map(({ hash: _, ...identity }) => ({
    ...identity,
    series: emptySeries(startMs, window.minutes, windows),
  }));
  if (found.length === 0) return [];
  const byHash = new Map(identities.map(({ hash }, index) => [hash, found[index]!.series]));
  const params: Record<string, QueryParams[string]> = {
    minutes: window.minutes,
    start: startMs / 1000,
    length: window.minutes * 60,
    end: window.startMs / 1000,
    services: [...new Set(identities.map(({ service }) => service))],
  };
  const one = identities.length < 50 ? ' AND route IN {routes:Array(String)}' : '';
  if (one !== '') params.routes = [...new Set(identities.map(({ route }) => route))];
  const numbers = SERIES_COLUMNS.map((column) => `toFloat64(${COLUMNS[column]}) AS ${column}`).join(', ');
  const bytes = await store.queryBlocks(
    `SELECT ${HASH} AS hash, toUInt32((toUnixTimestamp(window_start) - {start:UInt32}) / {length:UInt32}) AS position, ${numbers}
     FROM ${store.database}.endpoint_windows FINAL
     WHERE window_minutes = {minutes:UInt16} AND service IN {services:Array(String)}${one}
       AND window_start >= toDateTime({start:UInt32}) AND window_start <= toDateTime({end:UInt32})`,
    params,
  );
  fill(byHash, new NativeReader(bytes));
  return found;
}

function fill(byHash: ReadonlyMap<string, EndpointSeries>, reader: NativeReader): void {
  while (reader.nextBlock()) {
    const { rows, view } = reader;
    const columns = new Map<string, number>();
    for (let column = reader.nextColumn(); column !== undefined; column = reader.nextColumn()) {
      columns.set(column.name, reader.at);
      reader.at += rows * (column.type === 'UInt32' ? 4 : 8);
    }
    const hashes = columns.get('hash')!;
    const positions = columns.get('position')!;
    const starts = SERIES_COLUMNS.map((column) => columns.get(column)!);
    let known: EndpointSeries | undefined;
    let low = -1;
    let high = -1;
    for (let row = 0; row < rows; row++) {
      const rowLow = view.getUint32(hashes + row * 8, true);
      const rowHigh = view.getUint32(hashes + row * 8 + 4, true);
      // Rows of an endpoint stand together.
      if (rowLow !== low || rowHigh !== high) {
        low = rowLow;
        high = rowHigh;
        known = byHash.get(high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0'));
      }
      if (known === undefined) continue;
      const position = view.getUint32(positions + row * 4, true);
      for (let column = 0; column < SERIES_COLUMNS.length; column++) {
        known[SERIES_COLUMNS[column]!][position] = view.getFloat64(starts[column]! + row * 8, true);
      }
    }
  }
}
