import type { LogException, SpanRecord } from '@profiler/analysis';

/** A span as it is stored: what the derivation reads, and what its rows repeat of an entry span. */
export interface StoredSpan extends SpanRecord {
  readonly environment: string;
  readonly version: string;
  readonly method: string;
  readonly route: string;
}

export interface StoredLogException extends LogException {
  readonly environment: string;
  readonly version: string;
}

export interface StoredTrace {
  readonly traceId: string;
  readonly spans: StoredSpan[];
  readonly logs: StoredLogException[];
}
