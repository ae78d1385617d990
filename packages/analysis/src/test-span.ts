import type { SpanRecord } from './span-record.ts';

/** Test support: a span of which only what matters to the test is said. */
export function spanOf(span: Partial<SpanRecord>): SpanRecord {
  return {
    spanId: 'span',
    parentSpanId: '',
    service: 'shop',
    name: 'name',
    startTimeUnixNano: '1',
    durationNs: 1,
    kind: 1,
    entry: false,
    ignored: false,
    instrumented: false,
    folded: false,
    fingerprint: '',
    queryText: '',
    dbSystem: '',
    entrySpanId: '',
    loopPath: '',
    exceptionType: '',
    exceptionMessage: '',
    exceptionStacktrace: '',
    ...span,
  };
}
