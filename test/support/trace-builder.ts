// Requests with their spans, as a plain SDK would send them. Ids tell the request: its name in hexadecimal, then its number.

import { CONTENT_TYPES, encodeTraces, type OtlpSpan, type ResourceSpans } from './otlp.ts';

export const KIND = { internal: 1, server: 2, client: 3 } as const;

export interface BuiltSpan {
  readonly name: string;
  /** Number of the parent within the request; absent for the entry span. */
  readonly parent?: number;
  readonly kind: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly attributes?: OtlpSpan['attributes'];
  readonly exception?: readonly [type: string, message: string, stack: string];
}

export function traceId(name: string, number: number): string {
  return Buffer.from(name).toString('hex').slice(0, 16).padEnd(16, '0') + number.toString(16).padStart(16, '0');
}

export function spanId(name: string, number: number, at: number): string {
  const start = Buffer.from(name).toString('hex').slice(0, 6).padEnd(6, '0');
  return start + (number * 100_000 + at + 1).toString(16).padStart(10, '0');
}

export function request(name: string, number: number, startMs: number, spans: readonly BuiltSpan[]): OtlpSpan[] {
  const nano = (ms: number) => BigInt(Math.round(ms * 1000)) * 1000n;
  return spans.map((span, at) => ({
    traceId: traceId(name, number),
    spanId: spanId(name, number, at),
    ...(span.parent === undefined ? {} : { parentSpanId: spanId(name, number, span.parent) }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: nano(startMs + span.startMs),
    endTimeUnixNano: nano(startMs + span.startMs + span.durationMs),
    attributes: span.attributes ?? {},
    ...(span.exception && {
      status: { code: 2 },
      events: [
        {
          name: 'exception',
          timeUnixNano: nano(startMs + span.startMs + span.durationMs),
          attributes: {
            'exception.type': span.exception[0],
            'exception.message': span.exception[1],
            'exception.stacktrace': span.exception[2],
          },
        },
      ],
    }),
  }));
}

export function entry(method: string, route: string, path: string, status: number, durationMs: number): BuiltSpan {
  return {
    name: `${method} ${route}`,
    kind: KIND.server,
    startMs: 0,
    durationMs,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': path,
      'http.response.status_code': status,
    },
  };
}

export function query(
  parent: number,
  text: string,
  startMs: number,
  durationMs: number,
  system = 'postgresql',
): BuiltSpan {
  return {
    name: `SELECT ${system}`,
    parent,
    kind: KIND.client,
    startMs,
    durationMs,
    attributes: { 'db.system.name': system, 'db.namespace': 'shop', 'db.query.text': text },
  };
}

export function group(service: string, version: string, spans: readonly OtlpSpan[]): ResourceSpans {
  return {
    resource: { 'service.name': service, 'service.version': version, 'deployment.environment.name': 'test' },
    scope: { name: 'dashboard-test' },
    spans,
  };
}

/** @throws when the collector does not take them all */
export async function send(origin: string, groups: readonly ResourceSpans[]): Promise<void> {
  const answer = await fetch(`${origin}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': CONTENT_TYPES.protobuf },
    body: encodeTraces(groups, 'protobuf') as Uint8Array<ArrayBuffer>,
  });
  if (answer.status !== 200) throw new Error(`the collector answered ${answer.status}: ${await answer.text()}`);
}
