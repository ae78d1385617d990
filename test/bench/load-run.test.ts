import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeByOracle, encodeByOracle } from '../../collector/src/otlp/oracle.fixture.ts';
import { rejectedSpansOf } from './export-client.ts';
import type { LedgerEntry } from './ledger.ts';
import { readTraceId } from './load-ids.ts';
import { type LoadOptions, readLoadOptions } from './load-options.ts';
import { LoadRun } from './load-run.ts';

/** A receiver that answers as told, and keeps what it was sent. */
async function receiver(answer: (turn: number) => { status: number; retryAfter?: string; body?: Uint8Array }) {
  const received: { body: number; spans: number; type: string | undefined }[] = [];
  let turn = 0;
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent = Buffer.concat(chunks);
    const { status, retryAfter, body } = answer(turn++);
    received.push({
      ...contents(request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent),
      type: request.headers['content-type'],
    });
    if (status === 0) return request.socket.destroy();
    response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
    response.end(body);
    return undefined;
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function contents(bytes: Buffer): { body: number; spans: number } {
  interface Request {
    resourceSpans: { scopeSpans: { spans: { traceId: string }[] }[] }[];
  }
  const request = decodeByOracle<Request>('ExportTraceServiceRequest', bytes);
  const ids = request.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ traceId }) => Buffer.from(traceId, 'base64').toString('hex'))),
  );
  return { body: readTraceId(ids[0]!).body, spans: ids.length };
}

async function load(url: string, options: Partial<LoadOptions>) {
  const entries: LedgerEntry[] = [];
  const defaults = readLoadOptions(['--url', url, '--seconds', '1', '--spans-per-body', '20', '--connections', '2']);
  const run = new LoadRun({ ...defaults, ...options }, (entry) => entries.push(entry));
  const note = run.prepare();
  return { report: await run.run(), entries, note };
}

const ok = () => ({ status: 200 });

describe('a load', () => {
  it('sends at its rate, each body once, and knows what was acknowledged', async () => {
    const { url, received } = await receiver(ok);
    const { report, entries } = await load(url, { rate: 400 });
    expect(report).toMatchObject({ offeredSpans: 400, sentSpans: 400, acknowledgedSpans: 400, refusals: {} });
    expect(received.map(({ body }) => body).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, body) => body),
    );
    expect(new Set(received.map(({ spans }) => spans))).toEqual(new Set([20]));
    expect(entries.map(({ body, outcome }) => [body, outcome]).sort()).toEqual(
      Array.from({ length: 20 }, (_, body) => [body, 'acknowledged']).sort(),
    );
    expect(report.acknowledgedEntries).toBe(entries.reduce((sum, entry) => sum + entry.entries, 0));
    expect(report.acknowledgeMs.max).toBeGreaterThan(0);
    // The last body is due shortly before the second is over.
    expect(report.elapsedSeconds).toBeGreaterThan(0.8);
  });

  it('sends packed bodies as the same bodies, as many as memory holds', async () => {
    const { url, received } = await receiver(ok);
    const { report, note } = await load(url, { rate: 400, gzip: true, poolBytesMax: 1 });
    expect(note).toMatch(/hold 1 of 20 packed bodies/);
    expect(report.acknowledgedSpans).toBe(20);
    expect(received).toEqual([{ body: 0, spans: 20, type: 'application/x-protobuf' }]);
  });

  it('counts refusals by status and keeps them apart from what was never answered', async () => {
    const { url } = await receiver((turn) => ({ status: [200, 429, 503, 0][turn % 4]! }));
    const { report, entries } = await load(url, { rate: 400, connections: 1 });
    expect(report.refusals).toEqual({ 0: 5, 429: 5, 503: 5 });
    expect(report).toMatchObject({ acknowledgedSpans: 100, refusedSpans: 200, unknownSpans: 100, retries: 0 });
    expect(entries.filter(({ outcome }) => outcome === 'unknown')).toHaveLength(5);
  });

  it('with --retry, sends a refused body again when it was told to, and no other in its place', async () => {
    const { url, received } = await receiver((turn) =>
      turn === 0 ? { status: 503, retryAfter: '1' } : { status: 200 },
    );
    const { report } = await load(url, { rate: 20, retry: true, connections: 1 });
    expect(received.map(({ body }) => body)).toEqual([0, 0]);
    expect(report).toMatchObject({ retries: 1, acknowledgedSpans: 20, refusedSpans: 0, refusals: { 503: 1 } });
    expect(report.elapsedSeconds).toBeGreaterThanOrEqual(1);
  });

  it('with --retry, does not send again what was refused for good', async () => {
    const { url, received } = await receiver(() => ({ status: 400 }));
    const { report } = await load(url, { rate: 20, retry: true });
    expect(received).toHaveLength(1);
    expect(report).toMatchObject({ retries: 0, refusedSpans: 20, refusals: { 400: 1 } });
  });

  it('says how many spans of taken bodies were refused', async () => {
    const answer = encodeByOracle('ExportTraceServiceResponse', { partialSuccess: { rejectedSpans: 3 } });
    const { url } = await receiver(() => ({ status: 200, body: answer }));
    const { report } = await load(url, { rate: 60 });
    expect(report.rejectedSpans).toBe(9);
  });
});

it('reads partial success in both encodings', () => {
  const protobuf = (rejectedSpans: number) =>
    Buffer.from(
      encodeByOracle('ExportTraceServiceResponse', { partialSuccess: { rejectedSpans, errorMessage: 'old' } }),
    );
  expect(rejectedSpansOf(protobuf(300), 'protobuf')).toBe(300);
  expect(rejectedSpansOf(protobuf(0), 'protobuf')).toBe(0);
  expect(rejectedSpansOf(Buffer.alloc(0), 'protobuf')).toBe(0);
  expect(rejectedSpansOf(Buffer.from('{"partialSuccess":{"rejectedSpans":"7"}}'), 'json')).toBe(7);
  expect(rejectedSpansOf(Buffer.from('{}'), 'json')).toBe(0);
});

it.each([
  [['--encoding', 'xml'], /--encoding is protobuf or json/],
  [['--rate', '-1'], /--rate/],
  [['--seconds', '0'], /--seconds is a whole number from 1/],
  [['--services', '7'], /--services is a whole number from 1 to 6/],
  [['--url', 'nowhere'], /--url/],
  [['--sneed', '1'], /sneed/],
])('refuses %j', (args, complaint) => {
  expect(() => readLoadOptions(args)).toThrow(complaint);
});
