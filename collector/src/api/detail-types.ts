/** Rows of the details of a query and an exception, of a trace's log records, and of the setup. */
import type { ExceptionGroup, List, ListParameters, Query } from './types.ts';

/** A query with where and when it runs, over the time asked for. */
export interface QueryDetail extends Query {
  /** Length of an interval of `series`, in minutes. */
  readonly stepMinutes: number;
  /** By time, the oldest first; intervals without a call are left out. */
  readonly series: QueryPoint[];
  /** Endpoints that make it, heaviest first, at most 100. */
  readonly uses: QueryUse[];
  /** Lines that make it, of the latest minutes that had it, heaviest first, at most 20; none when no app sends them. */
  readonly callSites: QueryCallSite[];
  /** Requests that made it, of these minutes, those that spent most on it first, at most 10. */
  readonly examples: QueryExample[];
}

export interface QueryPoint {
  /** Start of the interval. */
  readonly time: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly avgMs: number;
  readonly p95Ms: number;
}

export interface QueryUse {
  /** `METHOD route`. */
  readonly endpoint: string;
  /** Those with a call of it. */
  readonly requests: number;
  readonly calls: number;
  readonly callsPerRequest: number;
  readonly totalMs: number;
}

export interface QueryCallSite {
  /** `file:line`, and ` (function)` where it is known. */
  readonly callSite: string;
  readonly endpoint: string;
  readonly requests: number;
  readonly calls: number;
  readonly totalMs: number;
}

export interface QueryExample {
  readonly traceId: string;
  readonly endpoint: string;
  readonly startedAt: string;
  readonly calls: number;
  readonly totalMs: number;
}

/** An exception with when, where and in which versions it was thrown, over the time asked for. */
export interface ExceptionDetail extends ExceptionGroup {
  /** Length of an interval of `series`, in minutes. */
  readonly stepMinutes: number;
  /** By time, the oldest first; intervals without one are left out. */
  readonly series: { readonly time: string; readonly count: number }[];
  /** `METHOD route`, `''` outside a request; the most first, at most 100. */
  readonly endpoints: { readonly endpoint: string; readonly count: number; readonly lastSeen: string }[];
  /** In the order in which they first threw it, at most 50. */
  readonly versions: ExceptionVersion[];
  /** The latest, at most 10. */
  readonly examples: ExceptionExample[];
}

export interface ExceptionVersion {
  readonly version: string;
  readonly count: number;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

export interface ExceptionExample {
  readonly traceId: string;
  readonly endpoint: string;
  readonly version: string;
  readonly at: string;
  readonly message: string;
}

/** A log record of a trace. Of log records, those are stored that carry an exception. */
export interface TraceLog {
  /** Span in which it was written; `''` when it names none. */
  readonly spanId: string;
  readonly service: string;
  /** From the start of the trace. */
  readonly offsetMs: number;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
}

/** One judgement of the setup: what `profiler doctor` and the page Setup say. */
export interface SetupCheck {
  readonly name: string;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly message: string;
  /** What to do; absent when it passed. */
  readonly fix?: string | undefined;
}

export interface Setup extends List<SetupCheck> {
  /** Services that sent spans in the time asked for, busiest first. */
  readonly services: string[];
  /** The last request to `/v1/...` that was not accepted since the collector started; `null` when there was none. */
  readonly lastRefused: RefusedRequest | null;
}

export interface RefusedRequest {
  readonly at: string;
  readonly path: string;
  readonly status: number;
  readonly message: string;
  readonly contentType: string;
  readonly userAgent: string;
  readonly bytes: number | null;
}

export type QuerySort = 'total' | 'calls' | 'per_request' | 'avg' | 'p95';
export type QueryParameters = ListParameters & { q?: string; system?: string; fingerprint?: string; sort?: QuerySort };
export type ExceptionParameters = ListParameters & { q?: string; type?: string; sort?: 'newest' | 'count' };
export type DetailParameters = Omit<ListParameters, 'limit' | 'cursor'>;
