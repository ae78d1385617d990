import protobuf from 'protobufjs';
import { type OracleAttribute, type OracleRequest, type OracleValue, textOf } from './fuzz-oracle.fixture.ts';
import { VALUE_DEPTH_MAX } from './limits.ts';
// Sets up protobufjs for 64-bit numbers.
import './oracle.fixture.ts';

/**
 * protobufjs as a judge of mutated bodies, with OTLP's messages but for what the collector legitimately does otherwise:
 *
 * - Strings are bytes here, because invalid UTF-8 is replaced and counted by the collector, not refused: one bad byte of
 *   one span should not cost the batch.
 * - What is nested deeper than it is kept is bytes here, because nothing reads it; so AnyValue has a type a level.
 * - protobufjs's own limit of nesting is lifted.
 */
function schema(): string {
  const levels = Array.from({ length: VALUE_DEPTH_MAX + 1 }, (_, depth) => {
    const isDeepest = depth === VALUE_DEPTH_MAX;
    const array = isDeepest ? 'bytes' : `Array${depth}`;
    const list = isDeepest ? 'bytes' : `List${depth}`;
    return `
      message Any${depth} { oneof value { bytes s = 1; bool b = 2; int64 i = 3; double d = 4; ${array} a = 5; ${list} l = 6; bytes y = 7; } }
      message KeyValue${depth} { bytes key = 1; Any${depth} value = 2; }
      ${isDeepest ? '' : `message Array${depth} { repeated Any${depth + 1} values = 1; }`}
      ${isDeepest ? '' : `message List${depth} { repeated KeyValue${depth + 1} values = 1; }`}`;
  });
  return `syntax = "proto3";
    ${levels.join('')}
    message Scope { bytes name = 1; bytes version = 2; repeated KeyValue0 attributes = 3; }
    message Resource { repeated KeyValue0 attributes = 1; }
    message Status { bytes message = 2; int32 code = 3; }
    message Event { fixed64 time = 1; bytes name = 2; repeated KeyValue1 attributes = 3; }
    message Link { bytes trace_id = 1; bytes span_id = 2; bytes trace_state = 3; repeated KeyValue1 attributes = 4; }
    message Span {
      bytes trace_id = 1; bytes span_id = 2; bytes trace_state = 3; bytes parent_span_id = 4; bytes name = 5;
      int32 kind = 6; fixed64 start = 7; fixed64 end = 8; repeated KeyValue0 attributes = 9;
      repeated Event events = 11; repeated Link links = 13; Status status = 15; fixed32 flags = 16;
    }
    message LogRecord {
      fixed64 time = 1; bytes severity_text = 3; Any0 body = 5; repeated KeyValue0 attributes = 6;
      bytes trace_id = 9; bytes span_id = 10; fixed64 observed = 11; bytes event_name = 12;
    }
    message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
    message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
    message Traces { repeated ResourceSpans resource_spans = 1; }
    message ScopeLogs { repeated LogRecord log_records = 2; }
    message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
    message Logs { repeated ResourceLogs resource_logs = 1; }`;
}

const root = protobuf.parse(schema()).root;
const TRACES = root.lookupType('Traces');
const LOGS = root.lookupType('Logs');
(protobuf.Reader as unknown as { recursionLimit: number }).recursionLimit = 10_000;

/** @throws when the body is no such request */
export function tracesByProtobufjs(body: Buffer): OracleRequest {
  const { resourceSpans } = TRACES.decode(body) as unknown as { resourceSpans: ResourceSpans[] };
  return {
    groups: resourceSpans.map(({ resource, scopeSpans }) => ({
      resource: (resource?.attributes ?? []).map(attributeOf),
      scopes: scopeSpans.map(({ scope, spans }) => ({
        name: utf8(scope?.name),
        spans: spans.map((span) => ({
          traceId: Buffer.from(span.traceId),
          spanId: Buffer.from(span.spanId),
          parentSpanId: Buffer.from(span.parentSpanId),
          name: utf8(span.name),
          kind: span.kind,
          start: unsigned(span.start),
          end: unsigned(span.end),
          statusCode: span.status?.code ?? 0,
          statusMessage: utf8(span.status?.message),
          flags: span.flags,
          events: span.events.length,
          attributes: span.attributes.map(attributeOf),
        })),
      })),
    })),
  };
}

/** The same request with every field that may be there once, once. */
export function canonicalTraces(body: Buffer): Buffer {
  return Buffer.from(TRACES.encode(TRACES.decode(body)).finish());
}

/** Number of records. @throws when the body is no such request */
export function logRecordsByProtobufjs(body: Buffer): number {
  const { resourceLogs } = LOGS.decode(body) as unknown as {
    resourceLogs: { scopeLogs: { logRecords: unknown[] }[] }[];
  };
  return resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)).length;
}

interface Long {
  readonly high: number;
  readonly low: number;
}
interface Any {
  readonly value?: string;
  readonly s: Uint8Array;
  readonly b: boolean;
  readonly i: Long;
  readonly d: number;
  readonly a: Uint8Array | { readonly values: readonly Any[] };
  readonly l: Uint8Array | { readonly values: readonly KeyValue[] };
  readonly y: Uint8Array;
}
interface KeyValue {
  readonly key: Uint8Array;
  readonly value: Any | null;
}
interface Span {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array;
  readonly name: Uint8Array;
  readonly kind: number;
  readonly start: Long;
  readonly end: Long;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly unknown[];
  readonly status: { readonly code: number; readonly message: Uint8Array } | null;
  readonly flags: number;
}
interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] } | null;
  readonly scopeSpans: readonly {
    readonly scope: { readonly name: Uint8Array } | null;
    readonly spans: readonly Span[];
  }[];
}

function attributeOf({ key, value }: KeyValue): OracleAttribute {
  return { key: utf8(key), text: textOf(readAny(value)) };
}

function readAny(any: Any | null): OracleValue {
  switch (any?.value) {
    case 's':
      return { kind: 'string', value: utf8(any.s) };
    case 'b':
      return { kind: 'plain', value: String(any.b) };
    case 'i':
      return { kind: 'plain', value: String(BigInt.asIntN(64, unsigned(any.i))) };
    case 'd':
      return { kind: 'double', value: any.d };
    case 'a':
      return any.a instanceof Uint8Array ? { kind: 'deep' } : { kind: 'array', values: any.a.values.map(readAny) };
    case 'l':
      return any.l instanceof Uint8Array
        ? { kind: 'deep' }
        : { kind: 'list', members: any.l.values.map(({ key, value }) => [utf8(key), readAny(value)]) };
    case 'y':
      return { kind: 'bytes', value: Buffer.from(any.y).toString('base64') };
    default:
      return { kind: 'none' };
  }
}

function unsigned({ high, low }: Long): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function utf8(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Buffer.from(bytes).toString();
}
