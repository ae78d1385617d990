import { exceptionKey } from '@profiler/analysis';
import { describe, expect, it } from 'vitest';
import { decodeBody, NOW_MS } from './decoded-rows.fixture.ts';
import { encodeLogs, type OtlpLogRecord } from './otlp-request.fixture.ts';

const TIME = BigInt(NOW_MS) * 1_000_000n - 5n;
const TRACE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const EXCEPTION = {
  'exception.type': 'TypeError',
  'exception.message': 'no x',
  'exception.stacktrace': 'at a',
};

function decodeRecords(...logRecords: Partial<OtlpLogRecord>[]) {
  const records = logRecords.map((record) => ({ timeUnixNano: TIME, ...record }));
  const groups = [{ resource: { 'service.name': 'shop', 'service.version': '2' }, logRecords: records }];
  const [protobuf, json] = (['protobuf', 'json'] as const).map((encoding) =>
    decodeBody(encodeLogs(groups, encoding), { signal: 'logs', encoding }),
  );
  expect(json).toEqual(protobuf);
  return protobuf!;
}

describe('a log record with an exception', () => {
  it('inside a trace waits for the trace', () => {
    const { log_exceptions: rows, exceptions } = decodeRecords({ ...TRACE, attributes: EXCEPTION });
    expect(rows).toEqual([
      {
        timestamp: TIME,
        trace_id: TRACE.traceId,
        span_id: TRACE.spanId,
        service: 'shop',
        environment: '',
        version: '2',
        exception_type: 'TypeError',
        exception_message: 'no x',
        exception_stacktrace: 'at a',
      },
    ]);
    expect(exceptions).toEqual([]);
  });

  it('outside a trace stands for itself, the same record once however often it is sent', () => {
    const { log_exceptions: waiting, exceptions } = decodeRecords({ attributes: EXCEPTION }, { attributes: EXCEPTION });
    expect(waiting).toEqual([]);
    expect(exceptions[0]).toMatchObject({
      trace_id: '',
      exception_key: BigInt(`0x${exceptionKey('shop', 'TypeError', 'no x')}`),
      method: '',
      route: '',
      exception_type: 'TypeError',
    });
    expect(exceptions[0]!.occurrence_id).toMatch(/^[0-9a-f]{16}$/);
    expect(exceptions[1]).toEqual(exceptions[0]);
  });

  it('is known by its event name too', () => {
    expect(decodeRecords({ ...TRACE, eventName: 'exception' }).log_exceptions).toHaveLength(1);
  });

  it('takes the time at which it was observed, else that of arrival, when it has none', () => {
    const attributes = EXCEPTION;
    const { log_exceptions: rows } = decodeRecords(
      { ...TRACE, attributes, timeUnixNano: 0n, observedTimeUnixNano: TIME - 1n },
      { ...TRACE, attributes, timeUnixNano: 0n },
    );
    expect(rows.map((row) => row.timestamp)).toEqual([TIME - 1n, BigInt(NOW_MS) * 1_000_000n]);
  });

  it('too old or ahead is rejected', () => {
    const attributes = EXCEPTION;
    const { counts } = decodeRecords({ attributes, timeUnixNano: 1n }, { attributes, timeUnixNano: TIME * 2n });
    expect(counts.rejected).toEqual({ invalid_id: 0, too_old: 1, in_future: 1 });
  });
});

it('another log record is accepted, counted and not stored', () => {
  const decoded = decodeRecords({ ...TRACE, body: 'hello', attributes: { 'user.id': 7 } });
  expect([decoded.log_exceptions, decoded.exceptions]).toEqual([[], []]);
  expect(decoded.received).toBe(1);
  expect(decoded.counts.unusedLogRecords).toBe(1);
});
