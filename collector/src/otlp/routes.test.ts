import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { serve } from '@hono/node-server';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { IngestUnavailableError } from '../ingest/ingest-error.ts';
import type { Decoded } from './decoded.ts';
import { DECODE_SETTINGS, span } from './decoded-rows.fixture.ts';
import { decodeByOracle } from './oracle.fixture.ts';
import { CONTENT_TYPES, encodeLogs, encodeTraces, type OtlpSpan } from './otlp-request.fixture.ts';
import { rejectionMessage } from './rejection-message.ts';
import { type OtlpRoutesOptions, otlpRoutes } from './routes.ts';

const MIB = 1 << 20;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The routes on a port of their own, with what they accepted. */
async function startRoutes(options: Partial<OtlpRoutesOptions> = {}) {
  const accepted: Decoded[] = [];
  const registry = new Registry();
  const errors: string[] = [];
  const log = { info() {}, warn() {}, error: (message: string) => errors.push(message) };
  const ingest: OtlpRoutesOptions['ingest'] = {
    async take(_, decode) {
      const decoded = await decode();
      accepted.push(decoded);
      return { rejected: decoded.counts.rejectedTotal(), message: rejectionMessage(decoded.counts) };
    },
    fill: () => 0,
    ensureRoom: () => {},
  };
  const app = otlpRoutes({ ingest, decodeSettings: DECODE_SETTINGS, registry, log, ...options });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started));
  });
  closers.push(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = server.address() as { port: number };
  const post = (path: string, body: Uint8Array | string, headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: Buffer.from(body), headers });
  return { accepted, errors, port, post, metrics: () => registry.metrics() };
}

const PROTOBUF = { 'content-type': CONTENT_TYPES.protobuf };
const JSON_TYPE = { 'content-type': CONTENT_TYPES.json };
const body = (...spans: Partial<OtlpSpan>[]) => encodeTraces([{ resource: {}, spans: spans.map(span) }], 'protobuf');

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

describe('an accepted request', () => {
  it('is answered in the type that it came in, with no partial success', async () => {
    const { post, accepted } = await startRoutes();
    const protobuf = await post('/v1/traces', body({}), PROTOBUF);
    expect([protobuf.status, protobuf.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    expect(await bytesOf(protobuf)).toHaveLength(0);

    const json = await post('/v1/traces', encodeTraces([{ resource: {}, spans: [span()] }], 'json'), {
      'content-type': 'application/json; charset=utf-8',
    });
    expect([json.status, json.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await json.json()).toEqual({});
    expect(accepted.map(({ received }) => received)).toEqual([1, 1]);
  });

  it('may be gzip, and may be empty', async () => {
    const { post, accepted } = await startRoutes();
    const gzip = { 'content-encoding': 'gzip' };
    expect((await post('/v1/traces', gzipSync(body({}, {})), { ...PROTOBUF, ...gzip })).status).toBe(200);
    expect((await post('/v1/traces', '', PROTOBUF)).status).toBe(200);
    expect((await post('/v1/traces', '', JSON_TYPE)).status).toBe(200);
    expect((await post('/v1/traces', '', { ...PROTOBUF, ...gzip })).status).toBe(200);
    expect(accepted.map(({ received }) => received)).toEqual([2, 0, 0, 0]);
  });

  it('may be chunked, as the JavaScript exporter sends it', async () => {
    const { port, accepted } = await startRoutes();
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, path: '/v1/traces', method: 'POST', headers: PROTOBUF }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (const byte of body({})) request.write(Buffer.of(byte));
      request.end();
    });
    expect(status).toBe(200);
    expect(accepted[0]!.received).toBe(1);
  });

  it('names the number and the reasons of rejected spans, and stores the rest', async () => {
    const { post, accepted, metrics } = await startRoutes();
    const bad = { traceId: 'ab' };
    const response = await post('/v1/traces', body({}, bad, { startTimeUnixNano: 5n }, bad), PROTOBUF);
    expect(response.status).toBe(200);
    const { partialSuccess } = decodeByOracle<{ partialSuccess: { rejectedSpans: string; errorMessage: string } }>(
      'ExportTraceServiceResponse',
      await bytesOf(response),
    );
    expect(partialSuccess.rejectedSpans).toBe('3');
    expect(partialSuccess.errorMessage).toMatch(/^2 with a trace.*1 older than the retention$/);
    expect(accepted[0]!.blocks[0]!.rows).toBe(1);
    expect(await metrics()).toContain('{signal="traces",encoding="protobuf",outcome="partial"} 1');

    const json = await post('/v1/traces', encodeTraces([{ resource: {}, spans: [span(bad)] }], 'json'), JSON_TYPE);
    expect(await json.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
  });

  it('of logs and of metrics too', async () => {
    const { post, accepted } = await startRoutes();
    const record = { timeUnixNano: 1n, attributes: { 'exception.type': 'E' } };
    const logs = encodeLogs([{ resource: {}, logRecords: [record] }], 'json');
    const response = await post('/v1/logs', logs, JSON_TYPE);
    expect(await response.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } });
    expect(accepted[0]!.signal).toBe('logs');

    const metrics = await post('/v1/metrics', '{"resourceMetrics":[]}', JSON_TYPE);
    expect([metrics.status, await metrics.json()]).toEqual([200, {}]);
    expect(accepted).toHaveLength(1);
  });
});

describe('a refused request', () => {
  it.each([
    ['bytes that are no protobuf', 'not protobuf', PROTOBUF],
    ['a protobuf message cut short', body({}).subarray(0, 40), PROTOBUF],
    ['text that is no JSON', '{"resourceSpans":', JSON_TYPE],
    ['a body that is no gzip', 'plain', { ...PROTOBUF, 'content-encoding': 'gzip' }],
    ['gzip cut short', gzipSync(body({})).subarray(0, 30), { ...PROTOBUF, 'content-encoding': 'gzip' }],
  ])('400: %s', async (_, bytes, headers) => {
    const { post, accepted, metrics } = await startRoutes();
    const response = await post('/v1/traces', bytes, headers);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe(headers['content-type']);
    const answer = await bytesOf(response);
    const status =
      headers === JSON_TYPE ? JSON.parse(Buffer.from(answer).toString()) : decodeByOracle<object>('RpcStatus', answer);
    expect(status).toEqual({ code: 3, message: expect.stringMatching(/\w/) });
    expect(accepted).toEqual([]);
    expect(await metrics()).toContain('outcome="malformed"} 1');
  });

  it.each([
    ['no content type', {}],
    ['a text', { 'content-type': 'text/plain' }],
    ['an encoding that OTLP does not have', { ...PROTOBUF, 'content-encoding': 'deflate' }],
  ])('415: %s', async (_, headers) => {
    const { post } = await startRoutes();
    expect((await post('/v1/traces', body({}), headers)).status).toBe(415);
  });

  it('413: a body that is too large, announced or not', async () => {
    const { post, port, accepted } = await startRoutes({ bodyBytesMax: MIB });
    expect((await post('/v1/traces', Buffer.alloc(70 * MIB), PROTOBUF)).status).toBe(413);
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, path: '/v1/traces', method: 'POST', headers: PROTOBUF }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      for (let chunk = 0; chunk < 40; chunk++) request.write(Buffer.alloc(64 << 10));
      request.end();
    });
    expect(status).toBe(413);
    expect(accepted).toEqual([]);
  });

  it('413: a gzip bomb, which is inflated no further than the limit', async () => {
    const { post, metrics } = await startRoutes();
    const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 * MIB))));
    expect(bomb.length).toBeLessThan(2 * MIB);
    const before = process.memoryUsage().rss;
    const response = await post('/v1/traces', bomb, { ...PROTOBUF, 'content-encoding': 'gzip' });
    expect(response.status).toBe(413);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
    expect(await metrics()).toContain('outcome="too_large"} 1');
  }, 30_000);

  it('429 with Retry-After: when too many bytes are in flight, and only then', async () => {
    const { port, post } = await startRoutes({ inFlightBytesMax: MIB });
    const slow = httpRequest({ port, path: '/v1/traces', method: 'POST', headers: PROTOBUF });
    slow.on('error', () => {});
    await new Promise((resolve) => slow.write(Buffer.alloc(900 << 10), resolve));
    await expect.poll(() => statusOf(post('/v1/traces', Buffer.alloc(300 << 10), PROTOBUF))).toBe(429);
    const refused = await post('/v1/traces', Buffer.alloc(300 << 10), PROTOBUF);
    expect(refused.headers.get('retry-after')).toBe('1');
    slow.destroy();
    // What the slow client held is free again: the same bytes are now read, and found to be no protobuf.
    await expect.poll(() => statusOf(post('/v1/traces', Buffer.alloc(300 << 10), PROTOBUF))).toBe(400);
  });

  it('503 with Retry-After: when ingest has no room', async () => {
    const take = () => Promise.reject(new IngestUnavailableError('the spool is full'));
    const { post, errors } = await startRoutes({ ingest: { take, fill: () => 0, ensureRoom: () => {} } });
    const response = await post('/v1/traces', body({}), PROTOBUF);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
    expect(decodeByOracle('RpcStatus', await bytesOf(response))).toEqual({ code: 14, message: 'the spool is full' });
    expect(errors).toEqual([]);
  });

  it('503 with Retry-After: before it reads or decodes what there is no room for', async () => {
    const asked: number[] = [];
    let room = 0;
    const ensureRoom = (bytes: number) => {
      asked.push(bytes);
      if (bytes > room) throw new IngestUnavailableError('the spool is full');
    };
    let decoded = 0;
    const take: OtlpRoutesOptions['ingest']['take'] = async (_, decode) => {
      await decode();
      decoded++;
      return { rejected: 0, message: '' };
    };
    const { post } = await startRoutes({ ingest: { take, fill: () => 1, ensureRoom } });
    const sent = body(...Array.from({ length: 50 }, () => ({})));
    const packed = gzipSync(sent);
    const postPacked = () => post('/v1/traces', packed, { ...PROTOBUF, 'content-encoding': 'gzip' });
    expect((await post('/v1/traces', sent, PROTOBUF)).status).toBe(503);
    room = packed.length;
    expect((await postPacked()).status).toBe(503);
    expect(asked).toEqual([sent.length, packed.length, sent.length]);
    expect(decoded).toBe(0);
    room = sent.length;
    expect((await postPacked()).status).toBe(200);
    expect(decoded).toBe(1);
    // Metrics are not stored, and need no room.
    room = 0;
    expect((await post('/v1/metrics', sent, PROTOBUF)).status).toBe(200);
  });

  it('429 with Retry-After: to a service that floods while the store is behind, and not to a quiet one', async () => {
    const take: OtlpRoutesOptions['ingest']['take'] = async (_, decode) => {
      await decode();
      return { rejected: 0, message: '' };
    };
    let fill = 0;
    const { post } = await startRoutes({ ingest: { take, fill: () => fill, ensureRoom: () => {} } });
    const from = (service: string, encoding: 'protobuf' | 'json', spans = 1) =>
      post(
        '/v1/traces',
        encodeTraces(
          [{ resource: { 'service.name': service }, spans: Array.from({ length: spans }, () => span()) }],
          encoding,
        ),
        encoding === 'json' ? JSON_TYPE : PROTOBUF,
      );
    expect((await from('flood', 'protobuf', 50)).status).toBe(200);
    expect((await from('quiet', 'json')).status).toBe(200);
    fill = 0.6;
    const refused = await from('flood', 'json');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '3']);
    expect((await from('flood', 'protobuf')).status).toBe(429);
    expect((await from('quiet', 'protobuf')).status).toBe(200);
  });

  it('500: when the collector itself is at fault, which is logged and not told', async () => {
    const take = () => Promise.reject(new Error('secret detail'));
    const { post, errors } = await startRoutes({ ingest: { take, fill: () => 0, ensureRoom: () => {} } });
    const response = await post('/v1/traces', body({}), PROTOBUF);
    expect(response.status).toBe(500);
    expect(Buffer.from(await bytesOf(response)).toString()).not.toContain('secret');
    expect(errors).toHaveLength(1);
  });

  it('404: anything but POST', async () => {
    const { port } = await startRoutes();
    expect((await fetch(`http://127.0.0.1:${port}/v1/traces`)).status).toBe(404);
  });
});

it('a client that goes away in the middle is counted and leaves nothing behind', async () => {
  const { port, post, metrics } = await startRoutes();
  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: 99\r\n\r\nab',
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  await expect.poll(metrics).toContain('outcome="aborted"} 1');
  expect((await post('/v1/traces', body({}), PROTOBUF)).status).toBe(200);
});

async function statusOf(response: Promise<Response>): Promise<number> {
  return (await response).status;
}
