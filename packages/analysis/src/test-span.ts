import type { SpanRecord } from './span-record.ts';

/** Test support: a span of which only what matters to the test is said. */
export function spanOf(span: Partial<SpanRecord>): SpanRecord {
  return {
    spanId: 'span',
    parentSpanId: '',
    service: 'shop',
    name: 'name',
    scope: '',
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
    repeatable: true,
    summarised: false,
    valuesHash: 0,
    entrySpanId: '',
    loopPath: '',
    exceptionType: '',
    exceptionMessage: '',
    exceptionStacktrace: '',
    ...span,
  };
}
