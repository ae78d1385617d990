/** A trace as `/api/v1` carries it. */
import type { TraceLog } from './detail-types.ts';

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Anything but the span's exception. */
export interface SpanEvent {
  readonly name: string;
  /** From the start of the trace. */
  readonly offsetMs: number;
  readonly attributes: Record<string, unknown>;
}

export interface TraceSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly service: string;
  readonly version: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly scope: string;
  readonly startedAt: string;
  /** From the start of the trace. */
  readonly offsetMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string;
  /** Opens a request; then `method`, `route`, `path` and `statusCode` are set. */
  readonly entry: boolean;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly statusCode: number;
  /** 16 hex digits; `''` when the span is no query. */
  readonly fingerprint: string;
  readonly queryText: string;
  readonly dbSystem: string;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
  readonly attributes: Record<string, string>;
  readonly events: SpanEvent[];
  readonly children: TraceSpan[];
}

/** One normalised query text of one request, on one loop path. Known for unsampled requests, too. */
export interface TraceQuery {
  readonly entrySpanId: string;
  readonly service: string;
  readonly fingerprint: string;
  readonly text: string;
  readonly system: string;
  /** Names of the spans from below the entry span to the query's parent, joined by ` > `. */
  readonly loopPath: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly maxMs: number;
  readonly callSite: string;
  readonly distinctValues: number | null;
  readonly nPlusOne: boolean;
}

export interface Trace {
  readonly traceId: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly services: string[];
  /** Spans stored; `spans` holds the first 10,000 of them. */
  readonly spanCount: number;
  /** The roots: spans without a parent, and spans whose parent is not stored. By start. */
  readonly spans: TraceSpan[];
  readonly queries: TraceQuery[];
  /** By time, at most 200. */
  readonly logs: TraceLog[];
}
