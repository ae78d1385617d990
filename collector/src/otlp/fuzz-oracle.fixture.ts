import { NAME_BYTES_MAX, VALUE_BYTES_MAX } from './limits.ts';

/** A request as an oracle reads it, with what the collector's rows are compared by. */
export interface OracleRequest {
  readonly groups: readonly {
    readonly resource: readonly OracleAttribute[];
    readonly scopes: readonly { readonly name: string; readonly spans: readonly OracleSpan[] }[];
  }[];
}
export interface OracleAttribute {
  readonly key: string;
  readonly text: string;
}
export interface OracleSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly name: string;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly flags: number;
  readonly events: number;
  readonly attributes: readonly OracleAttribute[];
}

/** Attributes whose keys begin so are kept as they are, which those of a meaning are not. */
const PLAIN = /^x\./;
const DAY_NS = 86_400_000_000_000n;

export interface ExpectedRow {
  readonly [column: string]: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The rows of `spans` that the request must become at this time, with 7 days of retention. */
export function expectedRows({ groups }: OracleRequest, nowMs: number): { rows: ExpectedRow[]; received: number } {
  const rows: ExpectedRow[] = [];
  const nowNs = BigInt(nowMs) * 1_000_000n;
  let received = 0;
  for (const { resource, scopes } of groups) {
    const service = resource.findLast(({ key }) => key === 'service.name')?.text || 'unknown_service';
    for (const { name, spans } of scopes) {
      for (const span of spans) {
        received++;
        if (isStorable(span, nowNs)) rows.push(rowOf(span, service, name));
      }
    }
  }
  return { rows, received };
}

function isStorable({ traceId, spanId, parentSpanId, start, end }: OracleSpan, nowNs: bigint): boolean {
  const isId = (id: Buffer, length: number) => id.length === length && id.some((byte) => byte !== 0);
  const latest = nowNs + 600_000_000_000n;
  return (
    isId(traceId, 16) &&
    isId(spanId, 8) &&
    (parentSpanId.length === 8 || parentSpanId.every((byte) => byte === 0)) &&
    start >= nowNs - 7n * DAY_NS &&
    start <= latest &&
    end <= latest
  );
}

function rowOf(span: OracleSpan, service: string, scope: string): ExpectedRow {
  const { parentSpanId, kind, statusCode, start, end } = span;
  return {
    trace_id: span.traceId.toString('hex'),
    span_id: span.spanId.toString('hex'),
    parent_span_id: parentSpanId.every((byte) => byte === 0) ? '' : parentSpanId.toString('hex'),
    name: cut(span.name, NAME_BYTES_MAX),
    kind: kind >= 0 && kind <= 5 ? kind : 0,
    timestamp: start,
    duration_ns: end > start ? end - start : 0n,
    span_status: statusCode >= 0 && statusCode <= 2 ? statusCode : 0,
    span_status_message: span.statusMessage,
    trace_flags: span.flags & 255,
    service: cut(service, NAME_BYTES_MAX),
    scope: cut(scope, NAME_BYTES_MAX),
    attributes: plainAttributes(span.attributes),
  };
}

/** Those of an expected or a stored row that can be compared. */
export function plainAttributes(
  attributes: readonly OracleAttribute[] | Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Array.isArray(attributes)
    ? attributes.map(({ key, text }: OracleAttribute) => [key, cut(text, VALUE_BYTES_MAX)] as const)
    : Object.entries(attributes as Readonly<Record<string, string>>);
  return Object.fromEntries(entries.filter(([key]) => PLAIN.test(key)));
}

function cut(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** A value as attributes are stored: as text, or JSON where it is in something. */
export type OracleValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'string' | 'bytes'; readonly value: string }
  | { readonly kind: 'plain'; readonly value: string }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'array'; readonly values: readonly OracleValue[] }
  | { readonly kind: 'list'; readonly members: readonly (readonly [key: string, value: OracleValue])[] }
  | { readonly kind: 'deep' };

export function textOf(value: OracleValue): string {
  if (value.kind === 'none') return '';
  if (value.kind === 'string' || value.kind === 'bytes') return value.value;
  return value.kind === 'double' ? String(value.value) : jsonOf(value);
}

function jsonOf(value: OracleValue): string {
  switch (value.kind) {
    case 'none':
    case 'deep':
      return 'null';
    case 'string':
    case 'bytes':
      return JSON.stringify(value.value);
    case 'plain':
      return value.value;
    case 'double':
      return Number.isFinite(value.value) ? String(value.value) : `"${value.value}"`;
    case 'array':
      return `[${value.values.map(jsonOf).join()}]`;
    case 'list':
      return `{${value.members.map(([key, member]) => `${JSON.stringify(key)}:${jsonOf(member)}`).join()}}`;
  }
}
