/**
 * OTLP request bodies for tests, from plain objects, by an encoder that shares nothing with the collector's decoder.
 * Whatever is written is written as given: ids of a wrong length and times out of range are the caller's to test with.
 */

/** Whole numbers become `intValue`, all others, NaN and infinities too, `doubleValue`; bigint is always `intValue`. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface OtlpEvent {
  readonly name: string;
  readonly timeUnixNano?: bigint;
  readonly attributes?: Attributes;
}

export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes?: Attributes;
}

export interface OtlpSpan {
  /** Hexadecimal, 32 digits when valid. */
  readonly traceId: string;
  /** Hexadecimal, 16 digits when valid. */
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes?: Attributes;
  readonly events?: readonly OtlpEvent[];
  readonly links?: readonly OtlpLink[];
  /** `code`: 0 unset, 1 ok, 2 error. */
  readonly status?: { readonly code: number; readonly message?: string };
  /** W3C trace flags in the low byte; 0x100 and 0x200 say whether the parent is remote. */
  readonly flags?: number;
}

/** Spans that one resource, and one scope of it, recorded. */
export interface ResourceSpans {
  readonly resource: Attributes;
  readonly scope?: { readonly name: string; readonly version?: string };
  readonly spans: readonly OtlpSpan[];
}

export interface OtlpLogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano?: bigint;
  readonly severityNumber?: number;
  readonly body?: AttributeValue;
  readonly eventName?: string;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface ResourceLogs {
  readonly resource: Attributes;
  readonly scope?: { readonly name: string; readonly version?: string };
  readonly logRecords: readonly OtlpLogRecord[];
}

export type OtlpEncoding = 'protobuf' | 'json';

export const CONTENT_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Body of `POST /v1/traces`: an `ExportTraceServiceRequest`. */
export function encodeTraces(resourceSpans: readonly ResourceSpans[], encoding: OtlpEncoding): Uint8Array {
  if (encoding === 'json') return encodeJson({ resourceSpans: resourceSpans.map(resourceSpansJson) });
  return message((request) => {
    for (const group of resourceSpans) request.message(1, (out) => writeResourceSpans(out, group));
  });
}

/** Body of `POST /v1/logs`: an `ExportLogsServiceRequest`. */
export function encodeLogs(resourceLogs: readonly ResourceLogs[], encoding: OtlpEncoding): Uint8Array {
  if (encoding === 'json') return encodeJson({ resourceLogs: resourceLogs.map(resourceLogsJson) });
  return message((request) => {
    for (const group of resourceLogs) request.message(1, (out) => writeResourceLogs(out, group));
  });
}

function writeResourceSpans(out: ProtobufWriter, { resource, scope, spans }: ResourceSpans): void {
  out.message(1, (inner) => writeAttributes(inner, 1, resource));
  out.message(2, (scopeSpans) => {
    if (scope !== undefined) scopeSpans.message(1, (inner) => writeScope(inner, scope));
    for (const span of spans) scopeSpans.message(2, (inner) => writeSpan(inner, span));
  });
}

function writeResourceLogs(out: ProtobufWriter, { resource, scope, logRecords }: ResourceLogs): void {
  out.message(1, (inner) => writeAttributes(inner, 1, resource));
  out.message(2, (scopeLogs) => {
    if (scope !== undefined) scopeLogs.message(1, (inner) => writeScope(inner, scope));
    for (const record of logRecords) scopeLogs.message(2, (inner) => writeLogRecord(inner, record));
  });
}

function writeScope(out: ProtobufWriter, scope: { readonly name: string; readonly version?: string }): void {
  out.string(1, scope.name);
  if (scope.version !== undefined) out.string(2, scope.version);
}

function writeSpan(out: ProtobufWriter, span: OtlpSpan): void {
  out.bytes(1, fromHex(span.traceId));
  out.bytes(2, fromHex(span.spanId));
  if (span.parentSpanId) out.bytes(4, fromHex(span.parentSpanId));
  out.string(5, span.name);
  out.varint(6, BigInt(span.kind));
  out.fixed64(7, span.startTimeUnixNano);
  out.fixed64(8, span.endTimeUnixNano);
  writeAttributes(out, 9, span.attributes ?? {});
  for (const event of span.events ?? []) {
    out.message(11, (inner) => {
      inner.fixed64(1, event.timeUnixNano ?? span.startTimeUnixNano);
      inner.string(2, event.name);
      writeAttributes(inner, 3, event.attributes ?? {});
    });
  }
  for (const link of span.links ?? []) {
    out.message(13, (inner) => {
      inner.bytes(1, fromHex(link.traceId));
      inner.bytes(2, fromHex(link.spanId));
      writeAttributes(inner, 4, link.attributes ?? {});
    });
  }
  const { status } = span;
  if (status !== undefined) {
    out.message(15, (inner) => {
      if (status.message !== undefined) inner.string(2, status.message);
      inner.varint(3, BigInt(status.code));
    });
  }
  if (span.flags !== undefined) out.fixed32(16, span.flags);
}

function writeLogRecord(out: ProtobufWriter, record: OtlpLogRecord): void {
  out.fixed64(1, record.timeUnixNano);
  if (record.severityNumber !== undefined) out.varint(2, BigInt(record.severityNumber));
  const { body } = record;
  if (body !== undefined) out.message(5, (inner) => writeValue(inner, body));
  writeAttributes(out, 6, record.attributes ?? {});
  if (record.traceId) out.bytes(9, fromHex(record.traceId));
  if (record.spanId) out.bytes(10, fromHex(record.spanId));
  if (record.observedTimeUnixNano !== undefined) out.fixed64(11, record.observedTimeUnixNano);
  if (record.eventName !== undefined) out.string(12, record.eventName);
}

function writeAttributes(out: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    out.message(field, (keyValue) => {
      keyValue.string(1, key);
      keyValue.message(2, (inner) => writeValue(inner, value));
    });
  }
}

function writeValue(out: ProtobufWriter, value: AttributeValue): void {
  if (typeof value === 'string') out.string(1, value);
  else if (typeof value === 'boolean') out.varint(2, value ? 1n : 0n);
  else if (typeof value === 'bigint') out.varint(3, value);
  else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) out.varint(3, BigInt(value));
    else out.double(4, value);
  } else if (value instanceof Uint8Array) out.bytes(7, value);
  else if (isArray(value)) {
    out.message(5, (array) => {
      for (const element of value) array.message(1, (inner) => writeValue(inner, element));
    });
  } else out.message(6, (list) => writeAttributes(list, 1, value));
}

function resourceSpansJson({ resource, scope, spans }: ResourceSpans): object {
  return {
    resource: { attributes: attributesJson(resource) },
    scopeSpans: [{ ...(scope && { scope }), spans: spans.map(spanJson) }],
  };
}

function resourceLogsJson({ resource, scope, logRecords }: ResourceLogs): object {
  return {
    resource: { attributes: attributesJson(resource) },
    scopeLogs: [{ ...(scope && { scope }), logRecords: logRecords.map(logRecordJson) }],
  };
}

function spanJson(span: OtlpSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: attributesJson(span.attributes ?? {}),
    events: (span.events ?? []).map((event) => ({
      timeUnixNano: String(event.timeUnixNano ?? span.startTimeUnixNano),
      name: event.name,
      attributes: attributesJson(event.attributes ?? {}),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesJson(link.attributes ?? {}),
    })),
    ...(span.status && { status: span.status }),
    ...(span.flags !== undefined && { flags: span.flags }),
  };
}

function logRecordJson(record: OtlpLogRecord): object {
  return {
    timeUnixNano: String(record.timeUnixNano),
    ...(record.observedTimeUnixNano !== undefined && { observedTimeUnixNano: String(record.observedTimeUnixNano) }),
    ...(record.severityNumber !== undefined && { severityNumber: record.severityNumber }),
    ...(record.body !== undefined && { body: valueJson(record.body) }),
    ...(record.eventName !== undefined && { eventName: record.eventName }),
    attributes: attributesJson(record.attributes ?? {}),
    ...(record.traceId && { traceId: record.traceId }),
    ...(record.spanId && { spanId: record.spanId }),
  };
}

function attributesJson(attributes: Attributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueJson(value) }));
}

function valueJson(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { intValue: Object.is(value, -0) ? 0 : value };
    return { doubleValue: Number.isFinite(value) ? value : String(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isArray(value)) return { arrayValue: { values: value.map(valueJson) } };
  return { kvlistValue: { values: attributesJson(value) } };
}

function isArray(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function encodeJson(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function fromHex(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

function message(write: (out: ProtobufWriter) => void): Uint8Array {
  const out = new ProtobufWriter();
  write(out);
  return out.finish();
}

/** Fields of one protobuf message, in the order in which they are written. */
class ProtobufWriter {
  private buffer = Buffer.allocUnsafe(256);
  private length = 0;

  varint(field: number, value: bigint): void {
    this.tag(field, 0);
    this.rawVarint(value);
  }

  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.reserve(8);
    this.buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.length);
    this.length += 8;
  }

  double(field: number, value: number): void {
    this.tag(field, 1);
    this.reserve(8);
    this.buffer.writeDoubleLE(value, this.length);
    this.length += 8;
  }

  fixed32(field: number, value: number): void {
    this.tag(field, 5);
    this.reserve(4);
    this.buffer.writeUInt32LE(value >>> 0, this.length);
    this.length += 4;
  }

  string(field: number, value: string): void {
    this.bytes(field, Buffer.from(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.tag(field, 2);
    this.rawVarint(BigInt(value.length));
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  message(field: number, write: (out: ProtobufWriter) => void): void {
    this.bytes(field, message(write));
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.rawVarint(BigInt(field * 8 + wireType));
  }

  private rawVarint(value: bigint): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) this.buffer[this.length++] = Number(rest & 127n) | 128;
    this.buffer[this.length++] = Number(rest);
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
