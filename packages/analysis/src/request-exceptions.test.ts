import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogException } from './log-exception.ts';
import { requestExceptions } from './request-exceptions.ts';
import { spanOf } from './test-span.ts';

const ENTRY = spanOf({ spanId: 'entry', entry: true, kind: 2, service: 'api' });
const thrown = (message: string, at: string) => ({
  exceptionType: 'TypeError',
  exceptionMessage: message,
  exceptionStacktrace: `at ${at}`,
});
const logOf = (log: Partial<LogException>): LogException => ({
  spanId: '',
  service: 'api',
  timeUnixNano: '5',
  exceptionType: 'TypeError',
  exceptionMessage: 'no',
  exceptionStacktrace: 'at log',
  settled: false,
  ...log,
});

describe('the exceptions of a request', () => {
  const spans = [
    { ...ENTRY, ...thrown('order 17 failed', 'entry') },
    spanOf({ spanId: 'handler', parentSpanId: 'entry', ...thrown('order 17 failed', 'handler') }),
    spanOf({ spanId: 'query', parentSpanId: 'handler', service: 'driver', ...thrown('order 17 failed', 'query') }),
    spanOf({ spanId: 'other', parentSpanId: 'entry', ...thrown('something else', 'other') }),
  ];

  it('count once, however often they were recorded on their way up, with the stack of the deepest', () => {
    const { exceptions, unattributed } = requestExceptions(spans);
    expect(unattributed).toBe(0);
    expect(exceptions.map((it) => [it.occurrenceId, it.service, it.exceptionMessage, it.exceptionStacktrace])).toEqual(
      expect.arrayContaining([
        ['entry', 'api', 'order 17 failed', 'at query'],
        ['entry', 'api', 'something else', 'at other'],
      ]),
    );
    expect(exceptions).toHaveLength(2);
  });

  it('are the same exception when only values differ', () => {
    const again = [ENTRY, spanOf({ spanId: 'x', parentSpanId: 'entry', ...thrown('order 18 failed', 'x') })];
    const keys = [...requestExceptions(spans).exceptions, ...requestExceptions(again).exceptions].map((it) => it.key);
    expect(new Set(keys).size).toBe(2);
  });

  it('do not include those of an ignored request, nor those that were folded into it', () => {
    expect(requestExceptions([{ ...ENTRY, ignored: true }, ...spans.slice(1)]).exceptions).toEqual([]);
    expect(requestExceptions([ENTRY, { ...spans[1]!, folded: true }]).exceptions).toEqual([]);
  });

  it('do not include what an instrumented entry span carries itself, but do what came after it ended', () => {
    const entry = { ...ENTRY, instrumented: true, ...thrown('no', 'entry') };
    const late = spanOf({ spanId: 'late', parentSpanId: 'gone', entrySpanId: 'entry', ...thrown('late', 'late') });
    expect(requestExceptions([entry, late]).exceptions).toMatchObject([
      { occurrenceId: 'entry', exceptionMessage: 'late' },
    ]);
  });

  it('join those that came as log records', () => {
    const log = logOf({ spanId: 'query', exceptionMessage: 'order 19 failed', exceptionStacktrace: '' });
    const { exceptions } = requestExceptions(spans, [log]);
    expect(exceptions).toHaveLength(2);
    expect(exceptions.map((it) => it.exceptionStacktrace)).toContain('at query');
  });

  it('wait for what is missing, log records only until they are settled', () => {
    expect(requestExceptions(spans.slice(1)).unattributed).toBe(3);
    expect(requestExceptions([ENTRY], [logOf({ spanId: 'unsampled' })])).toEqual({
      exceptions: [],
      superseded: [],
      unattributed: 1,
    });
    const { exceptions } = requestExceptions([ENTRY], [logOf({ spanId: 'unsampled', settled: true })]);
    expect(exceptions.map((it) => it.occurrenceId)).toEqual(['entry']);
  });
});

describe('log records that were given up', () => {
  const log = logOf({ spanId: 'query', service: 'driver', settled: true });
  const rest = [ENTRY, spanOf({ spanId: 'query', parentSpanId: 'entry', service: 'driver' })];
  const occurrences = (spans: Parameters<typeof requestExceptions>[0], logs = [log]) => {
    const { exceptions, superseded } = requestExceptions(spans, logs);
    return { so: exceptions.map((it) => it.occurrenceId), superseded: superseded.map((it) => it.occurrenceId) };
  };

  it('no longer stand for themselves when their span, or the only request, has come', () => {
    expect(occurrences([])).toEqual({ so: ['query'], superseded: [] });
    expect(occurrences(rest)).toEqual({ so: ['entry'], superseded: ['query'] });
    expect(occurrences([ENTRY])).toEqual({ so: ['entry'], superseded: ['query'] });
    expect(occurrences([{ ...ENTRY, ignored: true }, rest[1]!])).toEqual({ so: [], superseded: ['query'] });
  });

  it('never stood for what an entry span counts, nor before they were settled', () => {
    expect(occurrences([ENTRY], [{ ...log, spanId: 'entry' }])).toEqual({ so: ['entry'], superseded: [] });
    expect(occurrences(rest, [{ ...log, settled: false }])).toEqual({ so: ['entry'], superseded: [] });
  });

  it('are named once, by the same key as when they stood for themselves', () => {
    const { superseded } = requestExceptions(rest, [log, { ...log, timeUnixNano: '6' }]);
    expect(superseded.map((it) => it.key)).toEqual([requestExceptions([], [log]).exceptions[0]!.key]);
  });
});

describe('exceptions outside a request', () => {
  it('count once from root to leaf, as an occurrence of the span that recorded them first', () => {
    const job = [
      spanOf({ spanId: 'job', service: 'worker', ...thrown('no', 'job') }),
      spanOf({ spanId: 'step', parentSpanId: 'job', service: 'worker', ...thrown('no', 'step') }),
    ];
    expect(requestExceptions(job).exceptions).toMatchObject([
      { occurrenceId: 'step', entrySpanId: '', service: 'worker' },
    ]);
  });

  it('stand for themselves as log records: the same record twice is one, another time is another', () => {
    const once = logOf({ settled: true });
    const { exceptions } = requestExceptions([], [once, { ...once }, { ...once, timeUnixNano: '6' }]);
    expect(exceptions).toHaveLength(2);
    expect(exceptions[0]!.occurrenceId).toMatch(/^[0-9a-f]{16}$/);
  });
});

it('order changes nothing', () => {
  const spans = Array.from({ length: 12 }, (_, i) =>
    spanOf({
      spanId: `s${i}`,
      parentSpanId: i === 0 ? '' : `s${(i - 1) >> 1}`,
      entry: i === 0 || i === 2,
      ...thrown(i % 3 === 0 ? 'a' : 'b', `s${i}`),
    }),
  );
  const logs = [
    logOf({ spanId: 's5', exceptionMessage: 'a', settled: true }),
    logOf({ spanId: 's11', exceptionMessage: 'b', settled: true }),
  ];
  const orders = fc.tuple(fc.shuffledSubarray(spans, { minLength: 12 }), fc.shuffledSubarray(logs, { minLength: 2 }));
  fc.assert(
    fc.property(orders, ([some, others]) => {
      expect(requestExceptions(some, others)).toEqual(requestExceptions(spans, logs));
    }),
  );
});
