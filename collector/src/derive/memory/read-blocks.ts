import type { Store } from '../../store/store.ts';
import { clickhouseTime } from '../clickhouse-time.ts';
import type { UntakenRange } from './untaken.ts';

export type ReadTable = 'spans' | 'log_exceptions';

const COLUMNS: Readonly<Record<ReadTable, string>> = {
  spans: `timestamp, duration_ns, trace_id, span_id, parent_span_id, CAST(service AS String) AS service,
    CAST(environment AS String) AS environment, CAST(version AS String) AS version, CAST(name AS String) AS name, CAST(scope AS String) AS scope,
    kind, entry, ignored, error, call_flags, values_hash,
    CAST(method AS String) AS method, CAST(route AS String) AS route, CAST(db_system AS String) AS db_system,
    CAST(query_text AS String) AS query_text, fingerprint,
    CAST(exception_type AS String) AS exception_type, exception_message, exception_stacktrace, folded, instrumented,
    entry_span_id, loop_path`,
  log_exceptions: `timestamp, trace_id, span_id, CAST(service AS String) AS service, CAST(environment AS String) AS environment,
    CAST(version AS String) AS version, CAST(exception_type AS String) AS exception_type, exception_message, exception_stacktrace`,
};

/** What was inserted in that time, as blocks for a `SpanMemory`. */
export function readArrivals(store: Store, { table, fromMs, untilMs, part }: UntakenRange): Promise<Uint8Array> {
  const ofPart = part === undefined ? '' : `AND cityHash64(trace_id) % ${part.count} = ${part.index}`;
  return store.queryBlocks(
    `SELECT ${COLUMNS[table]} FROM ${store.database}.${table}
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64})
       AND inserted_at <= fromUnixTimestamp64Milli({untilMs:Int64}) ${ofPart}`,
    { fromMs, untilMs },
    { executionSecondsMax: 120 },
  );
}

/** Insertions of that time (`untilMs` exclusive), oldest first, those of a second together. */
export async function selectUntaken(
  store: Store,
  table: ReadTable,
  fromMs: number,
  untilMs: number,
): Promise<UntakenRange[]> {
  const seconds = await selectArrivalSeconds(store, table, fromMs, untilMs);
  return seconds.map(({ second, rows }) => ({
    table,
    fromMs: Math.max(fromMs, second * 1000),
    untilMs: Math.min(untilMs - 1, second * 1000 + 999),
    rows,
  }));
}

export interface TraceRead {
  readonly traceIds: readonly string[];
  /** Time of the spans, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly rowsMax: number;
  /** Log records that arrived before this have waited long enough for their spans. */
  readonly settledBeforeMs: number;
}

/** All of these traces that lies in that time, as blocks for a `SpanMemory`; more than `rowsMax` rows are cut off. */
export function readTraces(store: Store, table: ReadTable, read: TraceRead): Promise<Uint8Array> {
  const { traceIds, rowsMax } = read;
  const settled =
    table === 'log_exceptions'
      ? `, toUInt8(inserted_at <= toDateTime64('${clickhouseTime(read.settledBeforeMs)}', 3)) AS settled`
      : '';
  return store.queryBlocks(
    `SELECT ${COLUMNS[table]}${settled} FROM ${store.database}.${table}
     WHERE trace_id IN {traceIds:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({fromMs:Int64}) AND timestamp <= fromUnixTimestamp64Milli({untilMs:Int64})
     LIMIT {rowsMax:UInt32}`,
    { traceIds, rowsMax, fromMs: Math.floor(read.fromMs), untilMs: Math.ceil(read.untilMs) },
    { executionSecondsMax: 120 },
  );
}

/** Insertions of that time (`untilMs` exclusive), by the second, oldest first. */
export function selectArrivalSeconds(
  store: Store,
  table: ReadTable,
  fromMs: number,
  untilMs: number,
): Promise<{ second: number; rows: number }[]> {
  return store.query(
    `SELECT intDiv(toUnixTimestamp64Milli(inserted_at), 1000) AS second, count() AS rows FROM ${store.database}.${table}
     WHERE inserted_at >= fromUnixTimestamp64Milli({fromMs:Int64}) AND inserted_at < fromUnixTimestamp64Milli({untilMs:Int64})
     GROUP BY second ORDER BY second`,
    { fromMs, untilMs },
    { executionSecondsMax: 120 },
  );
}
