import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

/** The part of OTLP's trace messages that the tests read. */
const PROTO = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { string name = 1; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Event events = 11; Status status = 15; fixed32 flags = 16;
  }
  message Event { string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; }
  }
  message ArrayValue { repeated AnyValue values = 1; }
`;
const Request = protobuf.parse(PROTO).root.lookupType('Request');

export type AttributeValue = string | number | boolean | AttributeValue[];
export type AttributeMap = Record<string, AttributeValue | undefined>;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  /** OTLP's numbering: 2 is SERVER, 3 CLIENT. */
  readonly kind: number;
  readonly scope: string;
  readonly resource: AttributeMap;
  readonly attributes: AttributeMap;
  readonly events: { readonly name: string; readonly attributes: AttributeMap }[];
}

/** An OTLP/HTTP endpoint on a free port that keeps what it is sent, as protobuf or JSON. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      const isJson = request.headers['content-type'] === 'application/json';
      this.headers.push(request.headers);
      this.spans.push(...flatten(isJson ? JSON.parse(body.toString()) : toJson(body)));
      response.setHeader('content-type', request.headers['content-type'] ?? '');
      response.end(isJson ? '{}' : '');
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Waits until a span is there. */
  async spanWhere(matches: (span: ReceivedSpan) => boolean, waitMsMax = 10_000): Promise<ReceivedSpan> {
    for (const deadline = Date.now() + waitMsMax; Date.now() < deadline; ) {
      const found = this.spans.find(matches);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(
      `no such span among:\n${this.spans.map(({ name, attributes }) => `${name} ${JSON.stringify(attributes)}`).join('\n')}`,
    );
  }

  /** The entry span of a request by its path. */
  entry(path: string): Promise<ReceivedSpan> {
    return this.spanWhere(({ kind, attributes }) => kind === 2 && attributes['url.path'] === path);
  }
}

/** A protobuf body in the shape of OTLP/JSON, ids in hex. */
function toJson(body: Buffer): OtlpJson {
  const message = Request.toObject(Request.decode(body), { longs: String, bytes: Buffer, defaults: true }) as OtlpJson;
  for (const span of message.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).flatMap(({ spans }) => spans)) {
    for (const id of ['traceId', 'spanId', 'parentSpanId'] as const)
      span[id] = Buffer.from(span[id] ?? '').toString('hex');
  }
  return message;
}

interface OtlpJson {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: { scope: { name: string }; spans: JsonSpan[] }[];
  }[];
}
interface JsonSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes?: KeyValue[];
  events?: { name: string; attributes?: KeyValue[] }[];
}
interface KeyValue {
  key: string;
  value: AnyValue;
}
interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number;
  arrayValue?: { values: AnyValue[] } | null;
}

function flatten({ resourceSpans }: OtlpJson): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, attributes = [], events = [] }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        scope: scope.name,
        resource: mapOf(resource.attributes),
        attributes: mapOf(attributes),
        events: events.map((event) => ({ name: event.name, attributes: mapOf(event.attributes ?? []) })),
      })),
    ),
  );
}

function mapOf(attributes: KeyValue[]): AttributeMap {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, attributeValue(value)]));
}

function attributeValue(value: AnyValue): AttributeValue {
  if (value.arrayValue) return value.arrayValue.values.map(attributeValue);
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  return Number(value.intValue ?? value.doubleValue);
}
