// What a broken or hostile sender gets: the status that the OTLP specification asks for, the rest of its batch stored, a
// counter that says what was refused, and a collector that goes on.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectorProcess, eventually, startCollector } from '../support/collector-process.ts';
import { CONTENT_TYPES, encodeTraces, type OtlpEncoding, type OtlpSpan } from '../support/otlp.ts';

const MIB = 1 << 20;
const PROTOBUF = { 'content-type': CONTENT_TYPES.protobuf };
const JSON_TYPE = { 'content-type': CONTENT_TYPES.json };

interface RequestRow {
  readonly route: string;
  readonly path: string;
}

let collector: CollectorProcess;
let ids = 0;

beforeAll(async () => {
  collector = await startCollector();
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
});

/** A request to the route, unless `parts` say otherwise. */
function requestSpan(route: string, parts: Partial<OtlpSpan> = {}): OtlpSpan {
  ids++;
  const startTimeUnixNano = BigInt(Date.now() - 1_000) * 1_000_000n;
  return {
    traceId: ids.toString(16).padStart(32, '0'),
    spanId: ids.toString(16).padStart(16, '0'),
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + 5_000_000n,
    ...parts,
    attributes: { 'http.request.method': 'GET', 'http.route': route, 'url.path': route, ...parts.attributes },
  };
}

function encode(spans: readonly OtlpSpan[], encoding: OtlpEncoding = 'protobuf'): Buffer {
  return Buffer.from(encodeTraces([{ resource: { 'service.name': 'shop' }, spans }], encoding));
}

function post(body: Uint8Array | string, headers: Record<string, string> = PROTOBUF): Promise<Response> {
  return fetch(`${collector.url}/v1/traces`, { method: 'POST', body: Buffer.from(body), headers });
}

async function stored(route: string): Promise<RequestRow> {
  const ask = () => collector.list<RequestRow>('requests', { service: 'shop', q: route });
  const rows = await eventually(ask, (items) => items.some((row) => row.route === route));
  return rows.find((row) => row.route === route)!;
}

async function metric(name: string, labels: string): Promise<number> {
  const text = await (await fetch(`${collector.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}{${labels}}`))
      ?.split(' ')[1] ?? 0,
  );
}

describe('a body that cannot be read', () => {
  const oneSpan = () => encode([requestSpan('/never')]);
  it.each<[string, number, string, () => Uint8Array | string, Record<string, string>]>([
    ['is no protobuf', 400, 'malformed', () => 'definitely not protobuf', PROTOBUF],
    ['is protobuf cut short', 400, 'malformed', () => oneSpan().subarray(0, 50), PROTOBUF],
    ['is no JSON', 400, 'malformed', () => '{"resourceSpans": [', JSON_TYPE],
    ['is JSON of another shape', 400, 'malformed', () => '{"resourceSpans": 7}', JSON_TYPE],
    ['is no gzip', 400, 'malformed', oneSpan, { ...PROTOBUF, 'content-encoding': 'gzip' }],
    ['has another type', 415, 'unsupported_type', oneSpan, { 'content-type': 'text/csv' }],
    ['has another encoding', 415, 'unsupported_encoding', oneSpan, { ...PROTOBUF, 'content-encoding': 'br' }],
    ['has 65 MiB', 413, 'too_large', () => Buffer.alloc(65 * MIB), PROTOBUF],
    [
      'is a gzip bomb of 1 GiB',
      413,
      'too_large',
      () => Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(16 * MIB)))),
      { ...PROTOBUF, 'content-encoding': 'gzip' },
    ],
  ])('because it %s: %i', async (_, status, outcome, body, headers) => {
    const encoding = headers === JSON_TYPE ? 'json' : outcome === 'unsupported_type' ? 'unknown' : 'protobuf';
    const labels = `signal="traces",encoding="${encoding}",outcome="${outcome}"`;
    const before = await metric('profiler_otlp_requests_total', labels);
    const response = await post(body(), headers);
    expect(response.status).toBe(status);
    const type = headers['content-type'] === 'text/csv' ? CONTENT_TYPES.json : headers['content-type'];
    expect(response.headers.get('content-type')).toBe(type);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(4);
    expect(await metric('profiler_otlp_requests_total', labels)).toBe(before + 1);
  });
});

describe('a bad span is refused, and the rest of its batch stored', () => {
  it.each<[string, string, Partial<OtlpSpan>]>([
    ['a trace id of the wrong length', 'invalid_id', { traceId: 'abcdef' }],
    ['a span id of the wrong length', 'invalid_id', { spanId: 'ab'.repeat(9) }],
    ['an id of zeros', 'invalid_id', { spanId: '00'.repeat(8) }],
    ['a start in 1970', 'too_old', { startTimeUnixNano: 1_000_000n, endTimeUnixNano: 2_000_000n }],
    ['a start in 2100', 'in_future', { startTimeUnixNano: BigInt(Date.UTC(2100, 0)) * 1_000_000n }],
  ])('%s', async (name, reason, parts) => {
    for (const encoding of ['protobuf', 'json'] as const) {
      const route = `/${name.replaceAll(' ', '-')}/${encoding}`;
      const before = await metric('profiler_rejected_total', `signal="traces",reason="${reason}"`);
      const spans = [requestSpan('/refused', parts), requestSpan(route), requestSpan('/refused', parts)];
      const response = await post(encode(spans, encoding), { 'content-type': CONTENT_TYPES[encoding] });
      expect(response.status).toBe(200);
      if (encoding === 'json') {
        expect(await response.json()).toMatchObject({ partialSuccess: { rejectedSpans: '2' } });
      }
      expect(await metric('profiler_rejected_total', `signal="traces",reason="${reason}"`)).toBe(before + 2);
      await stored(route);
    }
    expect(await collector.list('requests', { service: 'shop', q: '/refused' })).toEqual([]);
  });
});

describe('a span that is too much is stored, cut to its limits', () => {
  it('NaN and infinite attributes', async () => {
    const attributes = { nan: Number.NaN, more: Number.POSITIVE_INFINITY };
    for (const encoding of ['protobuf', 'json'] as const) {
      const body = encode([requestSpan(`/nan/${encoding}`, { attributes })], encoding);
      expect((await post(body, { 'content-type': CONTENT_TYPES[encoding] })).status).toBe(200);
      await stored(`/nan/${encoding}`);
    }
  });

  it('an attribute of 1 MB', async () => {
    const before = await metric('profiler_adjusted_total', 'what="cut_values"');
    const body = encode([requestSpan('/big', { attributes: { big: 'x'.repeat(1_000_000) } }), requestSpan('/beside')]);
    expect((await post(body)).status).toBe(200);
    await stored('/big');
    await stored('/beside');
    expect(await metric('profiler_adjusted_total', 'what="cut_values"')).toBe(before + 1);
  });

  it('10,000 attributes', async () => {
    const before = await metric('profiler_adjusted_total', 'what="dropped_attributes"');
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key.${index}`, index]));
    expect((await post(encode([requestSpan('/many', { attributes: many })]))).status).toBe(200);
    await stored('/many');
    expect(await metric('profiler_adjusted_total', 'what="dropped_attributes"')).toBe(before + 10_000 - 256);
  });

  it('invalid UTF-8', async () => {
    const before = await metric('profiler_adjusted_total', 'what="invalid_texts"');
    const body = encode([requestSpan('/utf8', { attributes: { broken: 'MMMM' } })]);
    body.set([0xff, 0xc3, 0x28], body.indexOf('MMMM'));
    expect((await post(body)).status).toBe(200);
    await stored('/utf8');
    expect(await metric('profiler_adjusted_total', 'what="invalid_texts"')).toBe(before + 1);
  });
});

it('after all of that the collector is the same process, and says what it refused', async () => {
  expect((await fetch(`${collector.url}/healthz`)).status).toBe(200);
  const { stdout, code } = await collector.cli('status', '--json');
  expect(code).toBe(0);
  const { ingest } = JSON.parse(stdout) as { ingest: { rejected: Record<string, number> } };
  expect(Object.keys(ingest.rejected).sort()).toEqual(['in_future', 'invalid_id', 'too_old']);
  expect(collector.stderr()).not.toMatch(/TypeError|RangeError|UnhandledPromise/);
});
