import { fingerprint } from '@profiler/analysis';
import { describe, expect, it } from 'vitest';
import { decodeBody, decodeGroups, decodeSpan, NOW_MS, span } from './decoded-rows.fixture.ts';
import { encodeTraces } from './otlp-request.fixture.ts';

const SERVER = 2;
const CLIENT = 3;
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x300;
const DAY_NS = 86_400_000_000_000n;
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;

describe('a span becomes a row', () => {
  it('keeps ids, names and times to the nanosecond', () => {
    const row = decodeSpan({
      parentSpanId: '00f067aa0ba902b7',
      name: 'GET /users',
      startTimeUnixNano: NOW_NS - 987_654_321n,
      endTimeUnixNano: NOW_NS - 87_654_320n,
      flags: 1,
      status: { code: 1, message: 'fine' },
    });
    expect(row).toMatchObject({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      parent_span_id: '00f067aa0ba902b7',
      name: 'GET /users',
      timestamp: NOW_NS - 987_654_321n,
      duration_ns: 900_000_001n,
      trace_flags: 1,
      kind: SERVER,
      span_status: 1,
      span_status_message: 'fine',
      service: 'shop',
    });
  });

  it('measures a duration over the border between the halves of a 64-bit number', () => {
    const border = (NOW_NS / 2n ** 32n) * 2n ** 32n;
    expect(decodeSpan({ startTimeUnixNano: border - 3n, endTimeUnixNano: border + 4n }).duration_ns).toBe(7n);
  });

  it('takes a clock that went backwards for no duration', () => {
    expect(decodeSpan({ startTimeUnixNano: NOW_NS, endTimeUnixNano: NOW_NS - 5n }).duration_ns).toBe(0n);
  });

  it('reads service, version and environment from the resource, under the old name of the last too', () => {
    const resource = { 'service.name': 'cart', 'service.version': '1.2.3', 'deployment.environment': 'staging' };
    const [row] = decodeGroups([{ resource, scope: { name: 'express' }, spans: [span()] }]).spans;
    expect(row).toMatchObject({ service: 'cart', version: '1.2.3', environment: 'staging', scope: 'express' });
    expect(row!.resource).toEqual({
      'service.name': 'cart',
      'service.version': '1.2.3',
      'deployment.environment.name': 'staging',
    });
  });

  it('calls a service without a name unknown', () => {
    expect(decodeGroups([{ resource: {}, spans: [span()] }]).spans[0]!.service).toBe('unknown_service');
  });

  it('writes every kind of attribute value as text', () => {
    const attributes = {
      text: 'grün',
      yes: true,
      int: -42,
      long: 9_007_199_254_740_993n,
      double: 1.5,
      nan: Number.NaN,
      infinite: Number.NEGATIVE_INFINITY,
      array: ['a', 1, [true]],
      list: { inner: { x: 0.5 } },
      bytes: new Uint8Array([1, 2, 255]),
      empty: '',
    };
    expect(decodeSpan({ attributes }).attributes).toEqual({
      text: 'grün',
      yes: 'true',
      int: '-42',
      long: '9007199254740993',
      double: '1.5',
      nan: 'NaN',
      infinite: '-Infinity',
      array: '["a",1,[true]]',
      list: '{"inner":{"x":0.5}}',
      bytes: 'AQL/',
      empty: '',
    });
  });

  it('keeps events other than the first exception, and links, as JSON', () => {
    const row = decodeSpan({
      events: [
        { name: 'retry', timeUnixNano: 5n, attributes: { attempt: 2 } },
        { name: 'exception', attributes: { 'exception.type': 'TypeError', 'exception.message': 'no x' } },
        { name: 'exception', timeUnixNano: 6n, attributes: { 'exception.type': 'RangeError' } },
      ],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { why: 'batch' } }],
    });
    expect(row).toMatchObject({ exception_type: 'TypeError', exception_message: 'no x', exception_stacktrace: '' });
    expect(JSON.parse(row.events as string)).toEqual([
      { timeUnixNano: '5', name: 'retry', attributes: { attempt: 2 } },
      { timeUnixNano: '6', name: 'exception', attributes: { 'exception.type': 'RangeError' } },
    ]);
    expect(JSON.parse(row.links as string)).toEqual([
      { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { why: 'batch' } },
    ]);
  });
});

describe('an entry span', () => {
  it.each([
    ['a server span without a parent', { kind: SERVER }, 1],
    ['a server span whose parent is remote', { kind: SERVER, parentSpanId: 'aa'.repeat(8), flags: IS_REMOTE }, 1],
    ['a server span whose flags do not say', { kind: SERVER, parentSpanId: 'aa'.repeat(8), flags: 1 }, 1],
    ['a server span under another in one process', { parentSpanId: 'aa'.repeat(8), flags: HAS_IS_REMOTE }, 0],
    [
      'a server span under a span of its process, where the app itself says that it is the entry',
      { parentSpanId: 'aa'.repeat(8), flags: HAS_IS_REMOTE, attributes: { 'profiler.version': '0.1.0' } },
      1,
    ],
    ['a local root whose flags are set', { kind: SERVER, flags: HAS_IS_REMOTE }, 1],
    ['a parent id of zeros is none', { kind: SERVER, parentSpanId: '00'.repeat(8), flags: HAS_IS_REMOTE }, 1],
    ['a folded server span', { kind: SERVER, attributes: { 'profiler.folded': true } }, 0],
    ['a client span', { kind: CLIENT }, 0],
  ])('%s', (_, parts, entry) => {
    expect(decodeSpan(parts).entry).toBe(entry);
  });

  it('is slow from the threshold on, to the nanosecond', () => {
    const startTimeUnixNano = NOW_NS - 5_000_000_000n;
    const slow = (durationNs: bigint) =>
      decodeSpan({ startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + durationNs }).slow;
    expect([slow(999_999_999n), slow(1_000_000_000n)]).toEqual([0, 1]);
  });

  it('has an error by its status or by a 5xx, not by a 4xx', () => {
    const error = (parts: Parameters<typeof decodeSpan>[0]) => decodeSpan(parts).error;
    expect(error({ status: { code: 2 } })).toBe(1);
    expect(error({ attributes: { 'http.response.status_code': 500 } })).toBe(1);
    expect(error({ attributes: { 'http.response.status_code': 499 } })).toBe(0);
  });
});

describe('old attribute names mean the same as stable ones', () => {
  it('of an HTTP server', () => {
    const stable = decodeSpan({
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'http.route': '/users/:id',
        'url.path': '/users/7',
        'url.query': 'a=1',
        'url.scheme': 'http',
      },
    });
    const old = decodeSpan({
      attributes: {
        'http.method': 'GET',
        'http.status_code': 200,
        'http.route': '/users/:id',
        'http.scheme': 'http',
        'http.target': '/users/7?a=1',
      },
    });
    expect(old).toEqual({ ...stable, attributes: old.attributes });
    expect(new Map(Object.entries(old.attributes!))).toEqual(new Map(Object.entries(stable.attributes!)));
    expect(stable).toMatchObject({ method: 'GET', status_code: 200, route: '/users/:id', path: '/users/7' });
  });

  it('of a database client', () => {
    const text = "SELECT * FROM users WHERE name = 'Ada'";
    const stable = decodeSpan({
      kind: CLIENT,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'db.query.text': text },
    });
    const old = decodeSpan({
      kind: CLIENT,
      attributes: { 'db.system': 'postgresql', 'db.name': 'shop', 'db.statement': text },
    });
    expect(old).toEqual(stable);
    expect(stable).toMatchObject({ db_system: 'postgresql', attributes: { 'db.namespace': 'shop' } });
  });

  it('keeps one of the two when an app sends both', () => {
    expect(decodeSpan({ attributes: { 'http.url': 'http://a/b', 'url.full': 'http://a/b' } }).attributes).toEqual({
      'url.full': 'http://a/b',
    });
  });

  it('finds the path in an old http.url', () => {
    const path = (url: string) => decodeSpan({ attributes: { 'http.url': url } }).path;
    expect(path('https://shop.example:8080/a/b?c=d#e')).toBe('/a/b');
    expect(path('https://shop.example')).toBe('');
    expect(path('https://shop.example?x')).toBe('');
    expect(path('/plain')).toBe('/plain');
  });
});

describe('the route of an entry span', () => {
  const route = (attributes: Record<string, string | number>, name = 'GET') => decodeSpan({ attributes, name }).route;

  it('is what the app says', () => {
    expect(route({ 'http.route': '/users/:id', 'url.path': '/users/7' })).toBe('/users/:id');
  });
  it('is unmatched for a 404 without one, so that scanners make no endpoints', () => {
    expect(route({ 'http.response.status_code': 404, 'url.path': '/wp-login.php' })).toBe('unmatched');
  });
  it('is the template of the path when the app names none', () => {
    expect(route({ 'url.path': '/users/123/orders' })).toBe('/users/{id}/orders');
  });
  it('is the method of an RPC', () => {
    const attributes = { 'rpc.system': 'grpc', 'rpc.service': 'shop.Cart', 'rpc.method': 'Add' };
    expect(decodeSpan({ attributes })).toMatchObject({ method: 'grpc', route: 'shop.Cart/Add' });
  });
  it('is the span name in the last resort', () => {
    expect(route({}, 'consume orders')).toBe('consume orders');
  });
  it('has one of the known methods', () => {
    const method = (text: string) => decodeSpan({ attributes: { 'http.request.method': text } }).method;
    expect([method('get'), method('QUERY'), method('FOO123')]).toEqual(['GET', 'QUERY', '_OTHER']);
  });

  it('is capped per service, and what was capped is counted', () => {
    const spans = Array.from({ length: 1_010 }, (_, index) => span({ attributes: { 'http.route': `/r${index}` } }));
    const again = span({ attributes: { 'http.route': '/r5' } });
    const { spans: rows, counts } = decodeGroups([
      { resource: { 'service.name': 'noisy' }, spans: [...spans, again] },
      { resource: { 'service.name': 'quiet' }, spans: [again] },
    ]);
    expect(rows.filter((row) => row.route === 'other')).toHaveLength(10);
    expect(counts.cappedRoutes).toBe(10);
    expect(rows.slice(-2).map((row) => row.route)).toEqual(['/r5', '/r5']);
  });
});

describe('ignored paths', () => {
  const ignored = (path: string) => decodeSpan({ attributes: { 'url.path': path } }).ignored;

  it('match whole segments', () => {
    expect([ignored('/admin'), ignored('/admin/'), ignored('/admin/users')]).toEqual([1, 1, 1]);
    expect([ignored('/administer'), ignored('/a'), ignored('/x/admin'), ignored('')]).toEqual([0, 0, 0, 0]);
  });
  it('cover what is called below them by an old name', () => {
    expect(decodeSpan({ attributes: { 'http.target': '/static/app.js?v=1' } }).ignored).toBe(1);
  });
});

describe('the query of a client span', () => {
  const query = (text: string, parts: Parameters<typeof decodeSpan>[0] = {}) =>
    decodeSpan({ kind: CLIENT, attributes: { 'db.system.name': 'postgresql', 'db.query.text': text }, ...parts });

  it('is normalised and has its fingerprint', () => {
    const text = "SELECT * FROM users WHERE id = 7 AND name = 'Ada'";
    const expected = fingerprint(text, 'postgresql');
    const row = query(text);
    expect(row.query_text).toBe(expected.text);
    expect(row.query_text).not.toContain('Ada');
    expect(row.fingerprint).toBe(BigInt(`0x${expected.hex}`));
  });
  it.each(['BEGIN', 'COMMIT', 'ROLLBACK', 'SAVEPOINT a', 'SET search_path = x'])('%s is none', (text) => {
    expect(query(text).fingerprint).toBe(0n);
  });
  it('is none on a span that is no client, whose text is normalised all the same', () => {
    const row = query("SELECT 'secret'", { kind: 1 });
    expect(row.fingerprint).toBe(0n);
    expect(row.query_text).not.toContain('secret');
  });
  it('leaves no bound value behind', () => {
    const attributes = { 'db.query.parameter.0': 'secret', 'db.postgresql.values': ['secret'], 'db.user': 'app' };
    const { spans, counts } = decodeGroups([{ resource: {}, spans: [span({ kind: CLIENT, attributes })] }]);
    expect(spans[0]!.attributes).toEqual({ 'db.user': 'app' });
    expect(counts.droppedBindValues).toBe(2);
  });
});

describe('what our span processor says of a late query', () => {
  it('goes into its columns', () => {
    const attributes = { 'profiler.entry_span_id': '00f067aa0ba902b7', 'profiler.loop_path': 'a > b' };
    const row = decodeSpan({ kind: CLIENT, attributes });
    expect(row).toMatchObject({ entry_span_id: '00f067aa0ba902b7', loop_path: 'a > b', folded: 0, attributes: {} });
  });
  it('adds up the spans that the app dropped', () => {
    const groups = [{ resource: {}, spans: [span({ attributes: { 'profiler.dropped_spans': 12 } })] }];
    expect(decodeGroups(groups).counts.appDroppedSpans).toBe(12);
  });
});

describe('a bad span is rejected alone', () => {
  it.each([
    ['a short trace id', { traceId: '0af765' }, 'invalid_id'],
    ['a trace id of zeros', { traceId: '00'.repeat(16) }, 'invalid_id'],
    ['a long span id', { spanId: 'ab'.repeat(9) }, 'invalid_id'],
    ['a span id of zeros', { spanId: '00'.repeat(8) }, 'invalid_id'],
    ['a short parent id', { parentSpanId: 'abcd' }, 'invalid_id'],
    ['a start in 1970', { startTimeUnixNano: 1_000n, endTimeUnixNano: 2_000n }, 'too_old'],
    ['a start before the retention', { startTimeUnixNano: NOW_NS - 7n * DAY_NS - 1n }, 'too_old'],
    ['a start in 2100', { startTimeUnixNano: NOW_NS + 27_000n * DAY_NS }, 'in_future'],
    ['an end in 2100', { endTimeUnixNano: NOW_NS + 27_000n * DAY_NS }, 'in_future'],
    ['a start beyond any calendar', { startTimeUnixNano: 2n ** 64n - 1n }, 'in_future'],
  ] as const)('%s', (_, parts, reason) => {
    const good = span({ name: 'good', attributes: { a: 1 } });
    const bad = span({ name: 'bad', attributes: { b: 2, c: 3 }, ...parts });
    for (const spans of [
      [good, bad],
      [bad, good],
    ]) {
      const decoded = decodeGroups([{ resource: {}, spans }]);
      expect(decoded.spans.map((row) => [row.name, row.attributes])).toEqual([['good', { a: '1' }]]);
      expect(decoded.counts.rejected[reason]).toBe(1);
      expect(decoded.counts.rejectedTotal()).toBe(1);
      expect(decoded.received).toBe(2);
    }
  });

  it('accepts what is just within the window', () => {
    const at = (startTimeUnixNano: bigint) =>
      decodeSpan({ startTimeUnixNano, endTimeUnixNano: startTimeUnixNano }).timestamp;
    expect(at(NOW_NS - 7n * DAY_NS)).toBe(NOW_NS - 7n * DAY_NS);
    expect(at(NOW_NS + 600_000_000_000n)).toBe(NOW_NS + 600_000_000_000n);
  });
});

describe('limits', () => {
  it('cut a long value on a character boundary', () => {
    const { spans, counts } = decodeGroups([
      { resource: {}, spans: [span({ attributes: { big: 'é'.repeat(500_000), small: 'x' } })] },
    ]);
    const attributes = spans[0]!.attributes as Record<string, string>;
    expect(attributes.big).toBe('é'.repeat(32_768));
    expect(attributes.small).toBe('x');
    expect(counts.cutValues).toBe(1);
  });
  it('keep the first attributes of too many, and the columns of all', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key.${index}`, index]));
    const groups = [{ resource: {}, spans: [span({ attributes: { ...many, 'http.route': '/last' } })] }];
    const { spans, counts } = decodeGroups(groups);
    expect(Object.keys(spans[0]!.attributes as object)).toHaveLength(256);
    expect(counts.droppedAttributes).toBe(10_000 - 256);
    expect(spans[0]!.route).toBe('/last');
  });
  it('replace invalid UTF-8, in short and in long texts', () => {
    const bad = (length: number) => `${'x'.repeat(length)}\u00e9`;
    for (const length of [3, 300]) {
      const encoded = Buffer.from(bad(length));
      const { spans, counts } = decodeRaw(encoded.subarray(0, -1));
      expect(spans[0]!.name).toBe(`${'x'.repeat(length)}\ufffd`);
      expect(counts.invalidTexts).toBe(1);
    }
  });
  it('end nesting at a depth', () => {
    const nested = (depth: number): [] | [unknown] => (depth === 0 ? [] : [nested(depth - 1)]);
    const value = decodeSpan({ attributes: { deep: nested(500) as never } }).attributes as Record<string, string>;
    expect(value.deep).toBe(`${'['.repeat(16)}null${']'.repeat(16)}`);
  });
  it('leave out events that would not fit', () => {
    const events = Array.from({ length: 200 }, (_, index) => ({ name: `e${index}` }));
    const { spans, counts } = decodeGroups([{ resource: {}, spans: [span({ events })] }]);
    expect(JSON.parse(spans[0]!.events as string)).toHaveLength(128);
    expect(counts.droppedEvents).toBe(72);
  });
});

/** Decodes a span whose name is these bytes, whatever they are. */
function decodeRaw(name: Uint8Array) {
  const marker = 'M'.repeat(name.length);
  const body = Buffer.from(encodeTraces([{ resource: {}, spans: [span({ name: marker })] }], 'protobuf'));
  body.set(name, body.indexOf(marker));
  return decodeBody(body);
}
