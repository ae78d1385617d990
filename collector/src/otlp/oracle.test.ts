import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, NOW_MS } from './decoded-rows.fixture.ts';
import { decodeByOracle, encodeByOracle } from './oracle.fixture.ts';
import type { AttributeValue, OtlpSpan, ResourceSpans } from './otlp-request.fixture.ts';
import { encodeTraces } from './otlp-request.fixture.ts';

/** The request as protobufjs reads it. */
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] } | null;
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string } | null;
      readonly spans: readonly Span[];
    }[];
  }[];
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status: { readonly code: number; readonly message: string } | null;
  readonly flags: number;
}
interface KeyValue {
  readonly key: string;
  readonly value: AnyValue | null;
}
interface AnyValue {
  readonly value?: string;
  readonly stringValue: string;
  readonly boolValue: boolean;
  readonly intValue: string;
  readonly doubleValue: number | string;
  readonly arrayValue: { readonly values: readonly AnyValue[] };
  readonly kvlistValue: { readonly values: readonly KeyValue[] };
  readonly bytesValue: string;
}

/** Rows as they must be, made of objects, one field after the other. */
function expectedRows(request: Request) {
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        trace_id: hex(span.traceId),
        span_id: hex(span.spanId),
        parent_span_id: hex(span.parentSpanId),
        name: span.name,
        kind: span.kind,
        timestamp: BigInt(span.startTimeUnixNano),
        duration_ns: BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano),
        span_status: span.status?.code ?? 0,
        span_status_message: span.status?.message ?? '',
        trace_flags: span.flags & 255,
        scope: scope?.name ?? '',
        resource: texts(resource?.attributes ?? []),
        attributes: texts(span.attributes),
      })),
    ),
  );
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function texts(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value === null ? '' : text(value)]));
}

function text(value: AnyValue): string {
  switch (value.value) {
    case 'stringValue':
      return value.stringValue;
    case 'bytesValue':
      return value.bytesValue;
    case 'doubleValue':
      return String(value.doubleValue);
    case undefined:
      return '';
    default:
      return json(value);
  }
}

function json(value: AnyValue): string {
  switch (value.value) {
    case 'boolValue':
      return String(value.boolValue);
    case 'intValue':
      return value.intValue;
    case 'doubleValue':
      return Number.isFinite(value.doubleValue) ? String(value.doubleValue) : JSON.stringify(String(value.doubleValue));
    case 'arrayValue':
      return `[${value.arrayValue.values.map(json).join()}]`;
    case 'kvlistValue':
      return `{${value.kvlistValue.values.map((it) => `${JSON.stringify(it.key)}:${it.value ? json(it.value) : 'null'}`).join()}}`;
    case undefined:
      return 'null';
    default:
      return JSON.stringify(text(value));
  }
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 80 });
/** Keys that no column takes. */
const key = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `x.${text}`);
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    anyText,
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));
const attributes = fc.dictionary(key, value, { maxKeys: 8 });
const id = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((it) => Buffer.from([1, ...it.subarray(1)]).toString('hex'));
const NOW_NS = BigInt(NOW_MS) * 1_000_000n;
const span: fc.Arbitrary<OtlpSpan> = fc
  .record({
    traceId: id(16),
    spanId: id(8),
    parentSpanId: fc.oneof(fc.constant(''), id(8)),
    name: anyText,
    kind: fc.integer({ min: 0, max: 5 }),
    ageNs: fc.bigInt({ min: 0n, max: 600_000_000_000_000n }),
    durationNs: fc.bigInt({ min: 0n, max: 600_000_000_000n }),
    attributes,
    status: fc.record({ code: fc.integer({ min: 0, max: 2 }), message: anyText }),
    flags: fc.integer({ min: 0, max: 0x3ff }),
  })
  .map(({ ageNs, durationNs, ...rest }) => ({
    ...rest,
    startTimeUnixNano: NOW_NS - ageNs,
    endTimeUnixNano: NOW_NS - ageNs + durationNs,
  }));
const request: fc.Arbitrary<ResourceSpans[]> = fc.array(
  fc.record({
    resource: attributes,
    scope: fc.record({ name: anyText }),
    spans: fc.array(span, { maxLength: 4 }),
  }),
  { maxLength: 3 },
);

describe('against protobufjs', { timeout: 60_000 }, () => {
  it('every request becomes the rows that protobufjs reads', () => {
    fc.assert(
      fc.property(request, (groups) => {
        const body = encodeTraces(groups, 'protobuf');
        const expected = expectedRows(decodeByOracle<Request>('ExportTraceServiceRequest', body));
        const { spans, received } = decodeBody(body);
        expect(received).toBe(expected.length);
        for (const [index, row] of expected.entries()) expect(spans[index]).toMatchObject(row);
      }),
      { numRuns: 150 },
    );
  });

  it('the bytes that protobufjs itself writes mean the same', () => {
    fc.assert(
      fc.property(request, (groups) => {
        const body = encodeTraces(groups, 'protobuf');
        const again = encodeByOracle(
          'ExportTraceServiceRequest',
          decodeByOracle<Request>('ExportTraceServiceRequest', body),
        );
        expect(decodeBody(again).spans).toEqual(decodeBody(body).spans);
      }),
      { numRuns: 50 },
    );
  });

  it('the same request as JSON becomes the same rows', () => {
    fc.assert(
      fc.property(request, (groups) => {
        const json = decodeBody(encodeTraces(groups, 'json'), { encoding: 'json' });
        expect(json).toEqual(decodeBody(encodeTraces(groups, 'protobuf')));
      }),
      { numRuns: 150 },
    );
  });

  it('fields may come in any order', () => {
    fc.assert(
      fc.property(request, fc.infiniteStream(fc.nat()), (groups, order) => {
        const body = Buffer.from(encodeTraces(groups, 'protobuf'));
        expect(decodeBody(shuffleFields(body, REQUEST, order)).spans).toEqual(decodeBody(body).spans);
      }),
      { numRuns: 50 },
    );
  });
});

/** Which fields of a message are messages whose fields may change places; the order within one field number stays. */
interface Shape {
  readonly [field: number]: Shape;
}
const KEY_VALUE: Shape = {};
const SPAN: Shape = { 9: KEY_VALUE, 15: {} };
const REQUEST: Shape = { 1: { 1: { 1: KEY_VALUE }, 2: { 1: {}, 2: SPAN } } };

/** Writes the message again with its fields in the order that `order` gives to their numbers. */
function shuffleFields(body: Buffer, shape: Shape, order: Iterator<number>): Buffer {
  const fields = new Map<number, Buffer[]>();
  for (let at = 0; at < body.length; ) {
    const start = at;
    const [tag, afterTag] = varint(body, at);
    const number = tag >> 3;
    let field: Buffer;
    if ((tag & 7) === 2) {
      const [length, contentStart] = varint(body, afterTag);
      at = contentStart + length;
      const inner = shape[number];
      const content = body.subarray(contentStart, at);
      const shuffled = inner === undefined ? content : shuffleFields(content, inner, order);
      field = Buffer.concat([body.subarray(start, contentStart), shuffled]);
    } else {
      at = (tag & 7) === 0 ? varint(body, afterTag)[1] : afterTag + ((tag & 7) === 1 ? 8 : 4);
      field = body.subarray(start, at);
    }
    fields.set(number, [...(fields.get(number) ?? []), field]);
  }
  const weighed = [...fields].map(([, group]) => ({ group, weight: order.next().value as number }));
  return Buffer.concat(weighed.sort((a, b) => a.weight - b.weight).flatMap(({ group }) => group));
}

function varint(body: Buffer, at: number): [value: number, after: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = body[at++]!;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}
