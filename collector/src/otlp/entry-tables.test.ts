import { exceptionKey, fingerprint, OTHER_QUERIES_TEXT } from '@profiler/analysis';
import { describe, expect, it } from 'vitest';
import { decodeGroups, span } from './decoded-rows.fixture.ts';
import type { Attributes, OtlpSpan } from './otlp-request.fixture.ts';

const TABLE: Attributes = {
  'profiler.version': '0.1.0',
  'profiler.query_count': 7,
  'profiler.query.text': ['SELECT * FROM items WHERE order_id = ?', OTHER_QUERIES_TEXT],
  'profiler.query.system': ['postgresql', ''],
  'profiler.query.loop_path': ['handler > loadItems', ''],
  'profiler.query.count': [5, 2],
  'profiler.query.duration_ns': [5_000_000, 2n ** 40n],
  'profiler.query.duration_max_ns': [2_000_000, 7],
  'profiler.query.call_site': ['/app/orders.js:42:loadItems', ''],
  'profiler.query.distinct_values': [5, -1],
};

function decodeEntry(attributes: Attributes, parts: Partial<OtlpSpan> = {}) {
  const entry = span({
    attributes: { 'http.request.method': 'GET', 'http.route': '/orders', ...attributes },
    ...parts,
  });
  return decodeGroups([{ resource: { 'service.name': 'shop', 'service.version': '2' }, spans: [entry] }]);
}

describe('the table of queries on an entry span', () => {
  it('becomes a row a query, with the endpoint, duration and time of the request', () => {
    const { spans, request_queries: rows } = decodeEntry(TABLE);
    const { text, hex } = fingerprint('SELECT * FROM items WHERE order_id = ?', 'postgresql');
    const request = {
      timestamp: spans[0]!.timestamp,
      trace_id: spans[0]!.trace_id,
      entry_span_id: spans[0]!.span_id,
      source: 'entry',
      service: 'shop',
      environment: '',
      version: '2',
      method: 'GET',
      route: '/orders',
      request_duration_ns: 1_000_000n,
    };
    expect(rows).toEqual([
      {
        ...request,
        fingerprint: BigInt(`0x${hex}`),
        loop_path: 'handler > loadItems',
        db_system: 'postgresql',
        query_text: text,
        calls: 5,
        repeats: 5,
        duration_ns: 5_000_000n,
        duration_ns_max: 2_000_000n,
        code_file_path: '/app/orders.js',
        code_line_number: 42,
        code_function_name: 'loadItems',
        distinct_values: 5,
      },
      {
        ...request,
        fingerprint: BigInt(`0x${fingerprint(OTHER_QUERIES_TEXT).hex}`),
        loop_path: '',
        db_system: '',
        query_text: OTHER_QUERIES_TEXT,
        calls: 2,
        repeats: 2,
        duration_ns: 2n ** 40n,
        duration_ns_max: 7n,
        code_file_path: '',
        code_line_number: 0,
        code_function_name: '',
        distinct_values: -1,
      },
    ]);
  });

  it('is not stored among the attributes a second time, but its totals are', () => {
    const { spans } = decodeEntry(TABLE);
    expect(spans[0]).toMatchObject({ instrumented: 1, entry: 1 });
    expect(spans[0]!.attributes).toEqual({ 'profiler.version': '0.1.0', 'profiler.query_count': '7' });
  });

  it('normalises a text again, should the app have sent a value', () => {
    const { request_queries: rows } = decodeEntry({ ...TABLE, 'profiler.query.text': ["SELECT 'secret'"] });
    expect(rows).toHaveLength(1);
    expect(rows[0]!.query_text).not.toContain('secret');
  });

  it.each([
    ['of an ignored request', { 'url.path': '/admin/users' }, {}],
    ['of a folded span', { 'profiler.folded': true }, {}],
    ['of a span that is no server', {}, { kind: 1 }],
  ])('%s yields nothing', (_, attributes, parts) => {
    const decoded = decodeEntry({ ...TABLE, 'profiler.exception.type': ['E'], ...attributes }, parts);
    expect(decoded.spans).toHaveLength(1);
    expect([decoded.request_queries, decoded.exceptions]).toEqual([[], []]);
  });

  it('yields nothing without the version that says who wrote it', () => {
    const { 'profiler.version': _, ...unsigned } = TABLE;
    expect(decodeEntry(unsigned).request_queries).toEqual([]);
  });

  it('with arrays of different lengths is read as far as the texts and counts go', () => {
    const torn = { ...TABLE, 'profiler.query.count': [5], 'profiler.query.duration_ns': [] };
    const { request_queries: rows } = decodeEntry(torn);
    expect(rows.map((row) => [row.calls, row.duration_ns])).toEqual([[5, 0n]]);
  });

  it.each([
    ['a string', 'SELECT 1'],
    ['numbers', [1, 2]],
    ['empty', []],
  ])('that is %s yields nothing', (_, texts) => {
    expect(decodeEntry({ ...TABLE, 'profiler.query.text': texts }).request_queries).toEqual([]);
  });

  it('is read no further than its limit', () => {
    const length = 5_000;
    const texts = Array.from({ length }, (_, index) => `SELECT c${index}x FROM t`);
    const attributes = { ...TABLE, 'profiler.query.text': texts, 'profiler.query.count': Array(length).fill(1) };
    expect(decodeEntry(attributes).request_queries).toHaveLength(256);
  });
});

describe('the exceptions on an entry span', () => {
  it('become rows of the request, grouped by service, type and normalised message', () => {
    const { spans, exceptions } = decodeEntry({
      'profiler.version': '0.1.0',
      'profiler.exception.type': ['TypeError', 'Error'],
      'profiler.exception.message': ["no user '17'", 'late'],
      'profiler.exception.stacktrace': ['at a (/app/a.js:1:2)', ''],
    });
    const request = {
      timestamp: spans[0]!.timestamp,
      trace_id: spans[0]!.trace_id,
      occurrence_id: spans[0]!.span_id,
      service: 'shop',
      environment: '',
      version: '2',
      method: 'GET',
      route: '/orders',
    };
    expect(exceptions).toEqual([
      {
        ...request,
        exception_key: BigInt(`0x${exceptionKey('shop', 'TypeError', "no user '17'")}`),
        exception_type: 'TypeError',
        exception_message: "no user '17'",
        exception_stacktrace: 'at a (/app/a.js:1:2)',
      },
      {
        ...request,
        exception_key: BigInt(`0x${exceptionKey('shop', 'Error', 'late')}`),
        exception_type: 'Error',
        exception_message: 'late',
        exception_stacktrace: '',
      },
    ]);
  });
});
