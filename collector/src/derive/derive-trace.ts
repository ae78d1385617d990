import { requestExceptions, requestQueries } from '@profiler/analysis';
import { clickhouseTimeOfNano } from './clickhouse-time.ts';
import type { StoredLogException, StoredSpan, StoredTrace } from './stored-trace.ts';

const UINT32_MAX = 0xffff_ffff;

/** Rows of the tables `request_queries` and `exceptions`, but for the time of insertion. */
export interface DerivedRows {
  readonly queries: object[];
  readonly exceptions: object[];
  /** Queries and exceptions whose chain of parents is not complete yet. */
  readonly unattributed: number;
}

/** What one trace's spans and log records say about its requests, as rows. The only place that knows their columns. */
export function deriveTrace(trace: StoredTrace): DerivedRows {
  const { traceId, spans, logs } = trace;
  const entries = new Map<string, StoredSpan>();
  for (const span of spans) if (span.entry) entries.set(span.spanId, span);
  const { queries, unattributed: queriesUnattributed } = requestQueries(spans);
  const { exceptions, unattributed: exceptionsUnattributed } = requestExceptions(spans, logs);
  return {
    queries: queries.map((query) => {
      const entry = entries.get(query.entrySpanId)!;
      return {
        timestamp: clickhouseTimeOfNano(entry.startTimeUnixNano),
        trace_id: traceId,
        entry_span_id: query.entrySpanId,
        source: 'derived',
        ...endpointOf(entry),
        request_duration_ns: entry.durationNs,
        fingerprint: decimal(query.fingerprint),
        loop_path: query.loopPath,
        db_system: query.dbSystem,
        query_text: query.queryText,
        calls: Math.min(query.calls, UINT32_MAX),
        duration_ns: query.durationNs,
        duration_ns_max: query.durationNsMax,
        code_file_path: '',
        code_line_number: 0,
        code_function_name: '',
        distinct_values: -1,
      };
    }),
    exceptions: exceptions.map((exception) => {
      const entry = entries.get(exception.entrySpanId);
      const recording = exception.recording as StoredSpan | StoredLogException;
      return {
        // The request's own start: the same whichever recording wins, so that a row replaces its predecessor.
        timestamp: clickhouseTimeOfNano(entry?.startTimeUnixNano ?? exception.timeUnixNano),
        trace_id: traceId,
        occurrence_id: exception.occurrenceId,
        exception_key: decimal(exception.key),
        ...(entry === undefined ? outsideOf(recording) : endpointOf(entry)),
        exception_type: exception.exceptionType,
        exception_message: exception.exceptionMessage,
        exception_stacktrace: exception.exceptionStacktrace,
      };
    }),
    unattributed: queriesUnattributed + exceptionsUnattributed,
  };
}

function endpointOf({ service, environment, version, method, route }: StoredSpan): object {
  return { service, environment, version, method, route };
}

function outsideOf({ service, environment, version }: StoredSpan | StoredLogException): object {
  return { service, environment, version, method: '', route: '' };
}

/** JSON numbers end at 2^53. */
function decimal(hex: string): string {
  return BigInt(`0x${hex}`).toString();
}
