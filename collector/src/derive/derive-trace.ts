import {
  type RequestException,
  type RequestQuery,
  requestExceptions,
  requestQueries,
  type SupersededException,
} from '@profiler/analysis';
import type { StoredSpan, StoredTrace } from './stored-trace.ts';

/** What one trace's spans and log records say about its requests. */
export interface DerivedTrace {
  readonly traceId: string;
  readonly queries: readonly { readonly entry: StoredSpan; readonly query: RequestQuery }[];
  /** Without an entry span: outside a request. */
  readonly exceptions: readonly { readonly entry: StoredSpan | undefined; readonly exception: RequestException }[];
  /** Rows that log records may have had, and have no longer. */
  readonly superseded: readonly SupersededException[];
  /** Queries and exceptions whose chain of parents is not complete yet. */
  readonly unattributed: number;
}

export function deriveTrace(trace: StoredTrace): DerivedTrace {
  const { traceId, spans, logs } = trace;
  const { queries, unattributed: queriesUnattributed } = requestQueries(spans);
  const { exceptions, superseded, unattributed: exceptionsUnattributed } = requestExceptions(spans, logs);
  const entries = new Map<string, StoredSpan>();
  if (queries.length > 0 || exceptions.length > 0) {
    for (const span of spans) if (span.entry) entries.set(span.spanId, span);
  }
  return {
    traceId,
    queries: queries.map((query) => ({ entry: entries.get(query.entrySpanId)!, query })),
    exceptions: exceptions.map((exception) => ({ entry: entries.get(exception.entrySpanId), exception })),
    superseded,
    unattributed: queriesUnattributed + exceptionsUnattributed,
  };
}
