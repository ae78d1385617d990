/** What of a span the derivation of a request reads. Absent texts are ''. */
export interface SpanRecord {
  /** 16 hex digits. */
  readonly spanId: string;
  /** '' for a root. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly name: string;
  /** Name of the instrumentation, '' when unknown. */
  readonly scope: string;
  /** Nanoseconds since the epoch, decimal: beyond 2^53. */
  readonly startTimeUnixNano: string;
  readonly durationNs: number;
  /** OTLP span kind: 1 INTERNAL, 2 SERVER, 3 CLIENT, 4 PRODUCER, 5 CONSUMER. */
  readonly kind: number;
  /** Opens a request. */
  readonly entry: boolean;
  /** An entry span whose request, with all below it, is not profiled. */
  readonly ignored: boolean;
  /** An entry span that carries the tables of its queries and exceptions: those of its own process are counted there. */
  readonly instrumented: boolean;
  /** Counted in its entry span's table already; here only for the path. */
  readonly folded: boolean;
  /** 16 hex digits, '' when the span is no call: no query and no outgoing HTTP call. */
  readonly fingerprint: string;
  /** Normalised. */
  readonly queryText: string;
  /** `http` for an outgoing HTTP call; '' when the span is not a client's, or does not say. */
  readonly dbSystem: string;
  /** The call makes a loop when it is made again: it did not fail, asks for one thing only, and is no retry. */
  readonly repeatable: boolean;
  /** The call carries no statement; its text is its operation and collection. */
  readonly summarised: boolean;
  /** Of the values that the call was made with, 32 bits; 0 when they are not known. */
  readonly valuesHash: number;
  /** Set only on a query or a failed span that ended after its instrumented entry span: where it belongs. */
  readonly entrySpanId: string;
  /** Set only together with {@link entrySpanId}. */
  readonly loopPath: string;
  readonly exceptionType: string;
  readonly exceptionMessage: string;
  readonly exceptionStacktrace: string;
}

/** Zero-length ids and ids of zeros both mean "no parent". */
export function isRoot(span: SpanRecord): boolean {
  return span.parentSpanId === '' || span.parentSpanId === '0000000000000000';
}
