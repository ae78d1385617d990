import { describe, expect, it } from 'vitest';
import { decodeByOracle, encodeByOracle } from '../../collector/src/otlp/oracle.fixture.ts';
import type { OtlpEncoding } from '../support/otlp.ts';
import { BodyTemplate } from './body-template.ts';
import { readTraceId } from './load-ids.ts';

const NOW_MS = 1_795_000_123_456;
const SHAPE = { seed: 3, spans: 512, services: 6 };

/** As the specification's messages have it, in protobufjs's spelling. */
interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
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
  readonly attributes: readonly Attribute[];
  readonly events: readonly { readonly timeUnixNano: string; readonly name: string }[];
}
interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

const encodings: readonly OtlpEncoding[] = ['protobuf', 'json'];

/** What a receiver that shares nothing with the generator reads; ids as hex. */
function received(template: BodyTemplate, encoding: OtlpEncoding, run: number, body: number, nowMs = NOW_MS): Request {
  const target = Buffer.alloc(template.bytes.length);
  const bytes = target.subarray(0, template.stamp(target, run, body, nowMs));
  if (encoding === 'json') return decodeByOracle('ExportTraceServiceRequest', fromJson(JSON.parse(bytes.toString())));
  return decodeByOracle('ExportTraceServiceRequest', bytes);
}

/** OTLP's JSON writes ids in hex, protobuf's own in base64. */
function fromJson(request: object): Uint8Array {
  const text = JSON.stringify(request, (key, value) =>
    ['traceId', 'spanId', 'parentSpanId'].includes(key) ? Buffer.from(value, 'hex').toString('base64') : value,
  );
  return encodeByOracle('ExportTraceServiceRequest', JSON.parse(text));
}

const spansOf = (request: Request): Span[] =>
  request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');
const text = (span: Span, key: string) => span.attributes.find((it) => it.key === key)?.value.stringValue;

describe.each(encodings)('a stamped body, as %s,', (encoding) => {
  const template = new BodyTemplate({ ...SHAPE, encoding });
  const request = received(template, encoding, 9, 1_000);
  const spans = spansOf(request);

  it('has as many spans as asked for, of six services, with fifteen attributes each', () => {
    expect(spans).toHaveLength(512);
    expect(template.spans).toBe(512);
    expect(request.resourceSpans).toHaveLength(6);
    expect(new Set(spans.map(({ attributes }) => attributes.length))).toEqual(new Set([15]));
    for (const { resource } of request.resourceSpans) {
      expect(resource.attributes.map(({ key }) => key)).toEqual(
        expect.arrayContaining(['service.name', 'service.version', 'deployment.environment.name']),
      );
    }
  });

  it('carries its run and number in every trace id', () => {
    for (const span of spans) expect(readTraceId(hex(span.traceId))).toMatchObject({ run: 9, body: 1_000 });
  });

  it('has whole traces of 8 to 15 spans, each of one root and of parents that are there', () => {
    const traces = groupByTrace(spans);
    expect(traces.size).toBe(template.traces);
    const sizes = [...traces.values()].map((trace) => trace.length).sort((a, b) => a - b);
    // One is cut short, where the body was full.
    expect(sizes.filter((size) => size < 5)).toHaveLength(sizes[0]! < 5 ? 1 : 0);
    expect(sizes.at(-1)).toBeLessThanOrEqual(15);
    expect(512 / traces.size).toBeGreaterThan(8);
    for (const trace of traces.values()) {
      const ids = new Set(trace.map(({ spanId }) => spanId));
      expect(ids.size).toBe(trace.length);
      expect(trace.filter(({ parentSpanId }) => parentSpanId === '')).toHaveLength(1);
      for (const { parentSpanId } of trace) if (parentSpanId !== '') expect(ids).toContain(parentSpanId);
    }
  });

  it('has ended before it is sent, within the last seconds, and lies within itself', () => {
    const nowNs = BigInt(NOW_MS) * 1_000_000n;
    for (const span of spans) {
      const [start, end] = [BigInt(span.startTimeUnixNano), BigInt(span.endTimeUnixNano)];
      expect(start).toBeGreaterThan(nowNs - 4_000_000_000n);
      expect(end).toBeGreaterThan(start);
      expect(end).toBeLessThanOrEqual(nowNs);
      for (const { timeUnixNano } of span.events) {
        expect(BigInt(timeUnixNano)).toBeGreaterThan(start);
        expect(BigInt(timeUnixNano)).toBeLessThanOrEqual(end);
      }
    }
  });

  it('counts its entry spans, and has what there is to find: N+1s, failures with exceptions, statements', () => {
    expect(spans.filter(({ kind }) => kind === 2)).toHaveLength(template.entries);
    const repeats = new Map<string, number>();
    for (const span of spans) {
      const statement = text(span, 'db.query.text');
      if (statement === undefined) continue;
      const key = `${span.parentSpanId} ${statement}`;
      repeats.set(key, (repeats.get(key) ?? 0) + 1);
    }
    expect(Math.max(...repeats.values())).toBeGreaterThanOrEqual(10);
    expect(spans.some(({ events }) => events.some(({ name }) => name === 'exception'))).toBe(true);
  });

  it('is another body each time: no id, no path, no inlined value of the one before', () => {
    const next = spansOf(received(template, encoding, 9, 1_001));
    const ids = new Set(spans.flatMap(({ traceId, spanId }) => [traceId, spanId]));
    expect(next.filter(({ traceId, spanId }) => ids.has(traceId) || ids.has(spanId))).toEqual([]);
    const varying = (of: readonly Span[], key: string) =>
      of.map((span) => text(span, key)).filter((it) => it !== undefined);
    const paths = new Set(varying(spans, 'url.path'));
    expect(paths.size).toBeGreaterThan(30);
    expect(varying(next, 'url.path').filter((path) => paths.has(path))).toEqual([]);
    const statements = new Set(varying(spans, 'db.query.text').filter((statement) => /\d{8}/.test(statement)));
    expect(statements.size).toBeGreaterThan(0);
    expect(varying(next, 'db.query.text').filter((statement) => statements.has(statement))).toEqual([]);
    expect([...paths, ...statements].filter((it) => it.includes('73000'))).toEqual([]);
  });

  it('keeps its times right where a second, or the lower half of the nanoseconds, runs over', () => {
    // 4,294,967,296 ns are one unit of the upper half.
    for (const nowMs of [1_795_000_000_999, Math.ceil((417_930_000 * 2 ** 32) / 1e6) + 3_000]) {
      for (const span of spansOf(received(template, encoding, 1, 2, nowMs))) {
        const agoNs = BigInt(nowMs) * 1_000_000n - BigInt(span.endTimeUnixNano);
        expect(agoNs).toBeGreaterThanOrEqual(0n);
        expect(agoNs).toBeLessThan(3_600_000_000n);
      }
    }
  });
});

it('both encodings of a body say the same', () => {
  const [protobuf, json] = encodings.map((encoding) =>
    spansOf(received(new BodyTemplate({ ...SHAPE, encoding }), encoding, 5, 77)),
  );
  expect(json).toEqual(protobuf);
});

function groupByTrace(spans: readonly Span[]): Map<string, Span[]> {
  const traces = new Map<string, Span[]>();
  for (const span of spans) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span]);
  return traces;
}
