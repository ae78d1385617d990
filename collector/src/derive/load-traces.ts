import type { Store } from '../store/store.ts';
import { isRepeatable, isSummarised } from './call-flags.ts';
import type { StoredLogException, StoredSpan, StoredTrace } from './stored-trace.ts';

/** A trace with more spans than this is not derived (and is counted). */
export const SPANS_PER_TRACE_MAX = 50_000;

/** Beyond the known times of a trace, its other spans are looked for this far, in milliseconds. */
const MARGIN_MS = 5 * 60_000;
/** Every round may find spans that reach further; a trace of ordinary shape needs one or two. */
const ROUNDS_MAX = 4;

/** A stretch of time, in milliseconds since the epoch. */
export interface Extent {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface LoadedTraces {
  readonly traces: StoredTrace[];
  /** Ids of traces with more than {@link SPANS_PER_TRACE_MAX} spans. */
  readonly oversized: string[];
}

export interface LoadOptions {
  /** Log records that arrived before this have waited long enough for their spans, milliseconds since the epoch. */
  readonly settledBeforeMs: number;
  /** Look for spans this much further than usual. @default 0 */
  readonly extraMarginMs?: number;
}

/**
 * Traces with all their spans and log exceptions. Raw spans are sorted by time, not by trace, so only the time around what
 * is known of the traces is searched, and searched again when it shows spans that begin earlier or end later.
 *
 * @param extent from the first start to the last end of the spans known
 */
export async function loadTraces(
  store: Store,
  traceIds: readonly string[],
  extent: Extent,
  options: LoadOptions,
): Promise<LoadedTraces> {
  const margin = MARGIN_MS + (options.extraMarginMs ?? 0);
  let known = extent;
  for (let round = 1; ; round++) {
    const searched = { fromMs: known.fromMs - margin, untilMs: known.untilMs + margin };
    const rows = await selectSpans(store, traceIds, searched);
    if (rows.length > SPANS_PER_TRACE_MAX) return loadHalves(store, traceIds, known, options);
    const found = extentOf(rows, known);
    if ((found.fromMs < known.fromMs || found.untilMs > known.untilMs) && round < ROUNDS_MAX) {
      known = found;
      continue;
    }
    const logs = await selectLogs(store, traceIds, searched, options.settledBeforeMs);
    return { traces: byTrace(traceIds, rows, logs), oversized: [] };
  }
}

async function loadHalves(
  store: Store,
  traceIds: readonly string[],
  extent: Extent,
  options: LoadOptions,
): Promise<LoadedTraces> {
  if (traceIds.length === 1) return { traces: [], oversized: [...traceIds] };
  const middle = traceIds.length >> 1;
  const first = await loadTraces(store, traceIds.slice(0, middle), extent, options);
  const second = await loadTraces(store, traceIds.slice(middle), extent, options);
  return { traces: [...first.traces, ...second.traces], oversized: [...first.oversized, ...second.oversized] };
}

/** Rows of the engine; flags are 0 or 1. */
type SpanRow = Omit<StoredSpan, 'entry' | 'ignored' | 'instrumented' | 'folded' | 'repeatable' | 'summarised'> & {
  readonly traceId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly entry: number;
  readonly ignored: number;
  readonly instrumented: number;
  readonly folded: number;
  readonly error: number;
  readonly callFlags: number;
};
type LogRow = Omit<StoredLogException, 'settled'> & { readonly traceId: string; readonly settled: number };

async function selectSpans(store: Store, traceIds: readonly string[], searched: Extent): Promise<SpanRow[]> {
  return store.query<SpanRow>(
    `SELECT
       trace_id AS traceId, span_id AS spanId, parent_span_id AS parentSpanId, service, environment, version, name, scope,
       toString(toUnixTimestamp64Nano(timestamp)) AS startTimeUnixNano, duration_ns AS durationNs,
       toUnixTimestamp64Milli(timestamp) AS startMs, startMs + intDiv(duration_ns, 1000000) + 1 AS endMs,
       kind, entry, ignored, instrumented, folded, error, call_flags AS callFlags, method, route,
       if(spans.fingerprint = 0 OR folded = 1, 0, values_hash) AS valuesHash,
       if(spans.fingerprint = 0 OR folded = 1, '', leftPad(lower(hex(spans.fingerprint)), 16, '0')) AS fingerprint,
       if(folded = 1, '', query_text) AS queryText, db_system AS dbSystem,
       entry_span_id AS entrySpanId, loop_path AS loopPath,
       exception_type AS exceptionType, exception_message AS exceptionMessage,
       if(folded = 1, '', exception_stacktrace) AS exceptionStacktrace
     FROM ${store.database}.spans
     WHERE trace_id IN {traceIds:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({fromMs:Int64}) AND timestamp <= fromUnixTimestamp64Milli({untilMs:Int64})
     LIMIT {rowsMax:UInt32}`,
    { traceIds, fromMs: searched.fromMs, untilMs: searched.untilMs, rowsMax: SPANS_PER_TRACE_MAX + 1 },
  );
}

async function selectLogs(
  store: Store,
  traceIds: readonly string[],
  searched: Extent,
  settledBeforeMs: number,
): Promise<LogRow[]> {
  return store.query<LogRow>(
    `SELECT
       trace_id AS traceId, span_id AS spanId, service, environment, version,
       toString(toUnixTimestamp64Nano(timestamp)) AS timeUnixNano, exception_type AS exceptionType,
       exception_message AS exceptionMessage, exception_stacktrace AS exceptionStacktrace,
       toUnixTimestamp64Milli(inserted_at) <= {settledBeforeMs:Int64} AS settled
     FROM ${store.database}.log_exceptions
     WHERE trace_id IN {traceIds:Array(String)}
       AND timestamp >= fromUnixTimestamp64Milli({fromMs:Int64}) AND timestamp <= fromUnixTimestamp64Milli({untilMs:Int64})
     LIMIT {rowsMax:UInt32}`,
    { traceIds, fromMs: searched.fromMs, untilMs: searched.untilMs, rowsMax: SPANS_PER_TRACE_MAX, settledBeforeMs },
  );
}

function extentOf(rows: readonly SpanRow[], known: Extent): Extent {
  let { fromMs, untilMs } = known;
  for (const row of rows) {
    fromMs = Math.min(fromMs, row.startMs);
    untilMs = Math.max(untilMs, row.endMs);
  }
  return { fromMs, untilMs };
}

function byTrace(traceIds: readonly string[], spans: readonly SpanRow[], logs: readonly LogRow[]): StoredTrace[] {
  const traces = new Map<string, StoredTrace>(traceIds.map((traceId) => [traceId, { traceId, spans: [], logs: [] }]));
  for (const row of spans) traces.get(row.traceId)?.spans.push(spanOf(row));
  for (const row of logs) traces.get(row.traceId)?.logs.push({ ...row, settled: row.settled === 1 });
  return [...traces.values()];
}

function spanOf(row: SpanRow): StoredSpan {
  return {
    ...row,
    entry: row.entry === 1,
    ignored: row.ignored === 1,
    instrumented: row.instrumented === 1,
    folded: row.folded === 1,
    repeatable: isRepeatable(row.error, row.callFlags),
    summarised: isSummarised(row.callFlags),
  };
}
