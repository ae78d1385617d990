import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { CONTENT_TYPES, encodeTraces, type OtlpSpan, type ResourceSpans } from './otlp.ts';

/** Some requests of one endpoint, as a plain OpenTelemetry SDK sends them: entry spans, and spans of their queries. */
export interface Requests {
  /** When the first one starts, in milliseconds since the epoch; the others start with it. @default a second ago */
  readonly startMs?: number;
  /** @default 1 */
  readonly count?: number;
  readonly durationMs: number;
  /** So many of them answer 500. @default 0 */
  readonly errors?: number;
  /** @default 'shop' */
  readonly service?: string;
  /** `service.version`. @default '1.0.0' */
  readonly version?: string;
  /** The path is the same. */
  readonly route: string;
  /** Queries of each, one after the other. */
  readonly query?: { readonly text: string; readonly calls: number; readonly durationMs: number };
}

/** Sends them in one batch, which the collector has acknowledged when this resolves. */
export async function sendRequests(origin: string, ...groups: readonly Requests[]): Promise<void> {
  const response = await fetch(`${origin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': CONTENT_TYPES.protobuf },
    body: encodeTraces(groups.map(resourceSpans), 'protobuf'),
  });
  expect(response.status, 'the collector takes the spans').toBe(200);
}

/** Asks the API; any status but 200 fails the test. */
export async function ask<Answer>(origin: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${origin}/api/v1${path}`, init);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Answer;
}

/** Waits until so many requests that were sent can be asked for, ignored ones not among them. */
export async function untilStored(origin: string, count: number, parameters = ''): Promise<void> {
  const stored = async () => {
    const { items } = await ask<{ items: { requests: number }[] }>(
      origin,
      `/endpoints?since=7d&limit=1000${parameters}`,
    );
    return items.reduce((sum, { requests }) => sum + requests, 0);
  };
  await expect.poll(stored, { timeout: 20_000, interval: 100 }).toBe(count);
}

function resourceSpans(requests: Requests): ResourceSpans {
  const { count = 1, service = 'shop', version = '1.0.0' } = requests;
  return {
    resource: { 'service.name': service, 'service.version': version },
    scope: { name: 'test' },
    spans: Array.from({ length: count }, (_, index) => spansOfRequest(requests, index)).flat(),
  };
}

function spansOfRequest(requests: Requests, index: number): OtlpSpan[] {
  const { startMs = Date.now() - 1000, durationMs, errors = 0, route, query } = requests;
  const start = BigInt(startMs) * 1_000_000n;
  const traceId = randomBytes(16).toString('hex');
  const entrySpanId = randomBytes(8).toString('hex');
  const entry: OtlpSpan = {
    traceId,
    spanId: entrySpanId,
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano: start,
    endTimeUnixNano: start + nanoseconds(durationMs),
    attributes: {
      'http.request.method': 'GET',
      'http.route': route,
      'url.path': route,
      'http.response.status_code': index < errors ? 500 : 200,
    },
  };
  const queries = Array.from({ length: query?.calls ?? 0 }, (_, call): OtlpSpan => {
    const begin = start + nanoseconds(query!.durationMs) * BigInt(call);
    return {
      traceId,
      spanId: randomBytes(8).toString('hex'),
      parentSpanId: entrySpanId,
      name: 'SELECT',
      kind: 3,
      startTimeUnixNano: begin,
      endTimeUnixNano: begin + nanoseconds(query!.durationMs),
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': query!.text },
    };
  });
  return [entry, ...queries];
}

function nanoseconds(durationMs: number): bigint {
  return BigInt(Math.round(durationMs * 1e6));
}
