import { NOW_MS, span } from './decoded-rows.fixture.ts';
import type { OtlpEncoding } from './otlp-decoder.ts';
import { type AttributeValue, encodeLogs, encodeTraces, type ResourceSpans } from './otlp-request.fixture.ts';

const nested = (depth: number): AttributeValue => (depth === 0 ? 7 : [nested(depth - 1)]);
const TIME = BigInt(NOW_MS) * 1_000_000n;

/** Small requests that hold every kind of field. */
export const SEED_REQUESTS: readonly (readonly ResourceSpans[])[] = [
  [{ resource: { 'service.name': 'shop' }, scope: { name: 'lib' }, spans: [span(), span({ name: 'ä'.repeat(40) })] }],
  [
    {
      resource: { 'service.name': 'shop', 'host.name': 'a' },
      spans: [
        span({
          attributes: {
            'http.target': '/a?b',
            'http.url': 'http://a/b',
            'x.list': { a: [1, { b: 'x' }] },
            'x.d': 0.5,
            'x.big': 2n ** 60n,
          },
          events: [
            { name: 'exception', attributes: { 'exception.type': 'E' } },
            { name: 'x', attributes: { y: true, z: [1, [2]] } },
          ],
          links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { l: 1 } }],
          status: { code: 2, message: 'm' },
          flags: 0x301,
        }),
      ],
    },
    {
      resource: {},
      spans: [
        span({
          attributes: {
            'profiler.version': '1',
            'profiler.query.text': ['SELECT 1', 'SELECT 2'],
            'profiler.query.count': [1, 2],
            'profiler.query.call_site': ['a.js:1:f', ''],
            'profiler.exception.type': ['E'],
            'profiler.exception.message': ['m'],
          },
        }),
      ],
    },
  ],
  [
    {
      resource: { 'service.name': 'deep' },
      scope: { name: 'é', version: '1' },
      spans: [
        span({
          kind: 3,
          parentSpanId: 'aa'.repeat(8),
          startTimeUnixNano: TIME,
          endTimeUnixNano: TIME + 123_456_789n,
          attributes: {
            'x.deep': nested(20),
            'x.negative': -1,
            'x.min': -(2n ** 63n),
            'x.text': '"\\\n\u0000 ünïcode 😀',
            'x.bytes': new Uint8Array([0, 255]),
            'x.bool': false,
            'x.none': Number.NaN,
            'db.system': 'postgresql',
            'db.statement': "SELECT * FROM a WHERE b = 'c'",
          },
        }),
        span({ name: '', attributes: { 'x.empty': '', '': 'no key' } }),
      ],
    },
    { resource: { 'service.name': ['a', 1] }, spans: [] },
  ],
];

export function seedTraces(encoding: OtlpEncoding): Buffer[] {
  return SEED_REQUESTS.map((groups) => Buffer.from(encodeTraces(groups, encoding)));
}

export function seedLogs(encoding: OtlpEncoding): Buffer[] {
  const logRecords = [
    { timeUnixNano: TIME, body: { a: [1, 'b'] }, attributes: { 'exception.type': 'E', 'exception.message': 'm' } },
    {
      timeUnixNano: 0n,
      observedTimeUnixNano: TIME,
      eventName: 'exception',
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
    },
  ];
  return [Buffer.from(encodeLogs([{ resource: { 'service.name': 'shop' }, logRecords }], encoding))];
}
