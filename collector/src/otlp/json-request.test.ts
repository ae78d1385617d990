import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { decodeBody, NOW_MS, span } from './decoded-rows.fixture.ts';
import { encodeTraces } from './otlp-request.fixture.ts';

const example = (name: string) => readFileSync(new URL(`../../fixtures/otlp/${name}`, import.meta.url));
const EXAMPLE_TIME_MS = 1_544_712_661_000;

/** Decodes one span that says only this, in JSON. */
function decodeJson(fields: string, now = NOW_MS) {
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'5b'.repeat(16)}","spanId":"${'ee'.repeat(8)}",
    "startTimeUnixNano":"${now}000000","endTimeUnixNano":"${now}000000"${fields && `,${fields}`}}]}]}]}`;
  return decodeBody(Buffer.from(body), { encoding: 'json' });
}

describe("the specification's examples", () => {
  it('trace.json', () => {
    const { spans } = decodeBody(example('trace.json'), { encoding: 'json', now: () => EXAMPLE_TIME_MS });
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({
      trace_id: '5b8efff798038103d269b633813fc60c',
      span_id: 'eee19b7ec3c1b174',
      parent_span_id: 'eee19b7ec3c1b173',
      name: "I'm a server span",
      timestamp: 1_544_712_660_000_000_000n,
      duration_ns: 1_000_000_000n,
      kind: 2,
      service: 'my.service',
      scope: 'my.library',
      attributes: { 'my.span.attr': 'some value' },
    });
  });
  it('logs.json', () => {
    const decoded = decodeBody(example('logs.json'), { encoding: 'json', signal: 'logs', now: () => EXAMPLE_TIME_MS });
    expect([decoded.received, decoded.counts.unusedLogRecords]).toEqual([1, 1]);
  });
});

describe('OTLP/JSON', () => {
  it('gives the same rows as protobuf', () => {
    const full = span({
      parentSpanId: 'aa'.repeat(8),
      flags: 0x301,
      attributes: { s: 'x', i: -7, l: 2n ** 62n, d: 0.25, n: Number.NaN, b: false, a: [1, 'y'], k: { z: 1 } },
      events: [{ name: 'exception', attributes: { 'exception.type': 'E' } }, { name: 'other' }],
      links: [{ traceId: '11'.repeat(16), spanId: '22'.repeat(8) }],
      status: { code: 2, message: 'failed' },
    });
    const groups = [{ resource: { 'service.name': 'shop' }, scope: { name: 'lib' }, spans: [full, span()] }];
    const protobuf = decodeBody(encodeTraces(groups, 'protobuf'));
    expect(decodeBody(encodeTraces(groups, 'json'), { encoding: 'json' })).toEqual(protobuf);
  });

  it('takes 64-bit numbers as strings and as numbers, with all their digits', () => {
    const ints = decodeJson(
      `"attributes":[{"key":"a","value":{"intValue":9007199254740993}},{"key":"b","value":{"intValue":"-9223372036854775808"}},
        {"key":"c","value":{"intValue" : 12}}]`,
    ).spans[0]!.attributes;
    expect(ints).toEqual({ a: '9007199254740993', b: '-9223372036854775808', c: '12' });
    const time = '1768478400123456789';
    const { spans } = decodeBody(
      Buffer.from(
        `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${'5b'.repeat(16)}","spanId":"${'ee'.repeat(8)}","startTimeUnixNano":${time}}]}]}]}`,
      ),
      { encoding: 'json' },
    );
    expect(spans[0]!.timestamp).toBe(BigInt(time));
  });

  it('leaves long numbers in texts alone', () => {
    const text = '"intValue":12345678901234567890,';
    const attributes = `"attributes":[{"key":"a","value":{"stringValue":${JSON.stringify(text)}}}]`;
    expect(decodeJson(attributes).spans[0]!.attributes).toEqual({ a: text });
  });

  it('takes doubles that JSON cannot say as strings', () => {
    const values = ['"NaN"', '"Infinity"', '"-Infinity"', '1e3', '"2.5"']
      .map((value, index) => `{"key":"${index}","value":{"doubleValue":${value}}}`)
      .join();
    expect(Object.values(decodeJson(`"attributes":[${values}]`).spans[0]!.attributes!)).toEqual([
      'NaN',
      'Infinity',
      '-Infinity',
      '1000',
      '2.5',
    ]);
  });

  it('takes ids in either case, null as absent, and ignores what it does not know', () => {
    const { spans } = decodeJson('"parentSpanId":"AAbbAAbbAAbbAAbb","name":null,"future":{"x":[1]},"kind":3');
    expect(spans[0]).toMatchObject({ parent_span_id: 'aabbaabbaabbaabb', name: '', kind: 3 });
  });

  it.each(['"traceId":"zz"', '"traceId":"5b8"', '"spanId":"xx"', '"parentSpanId":"g"'])(
    'rejects a span alone whose id is %s',
    (id) => {
      const { spans, counts } = decodeJson(id);
      expect([spans, counts.rejected.invalid_id]).toEqual([[], 1]);
    },
  );

  it('replaces invalid UTF-8 and counts it', () => {
    const body = Buffer.from(encodeTraces([{ resource: {}, spans: [span({ name: 'MM' })] }], 'json'));
    body[body.indexOf('MM')] = 0xff;
    const { spans, counts } = decodeBody(body, { encoding: 'json' });
    expect([spans[0]!.name, counts.invalidTexts]).toEqual(['\ufffdM', 1]);
  });

  it('may start with a byte order mark', () => {
    expect(decodeBody(Buffer.from('\ufeff{}'), { encoding: 'json' }).received).toBe(0);
  });

  it.each([
    'nonsense',
    '[]',
    'null',
    '7',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[7]}',
    '{"resourceSpans":[null]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":"SPAN_KIND_SERVER"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"kind":1.5}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":1}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":{"intValue":1.5}}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":{"boolValue":"true"}}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"status":[]}]}]}]}',
    `${'['.repeat(100_000)}`,
  ])('refuses %s', (body) => {
    expect(() => decodeBody(Buffer.from(body), { encoding: 'json' })).toThrow(DecodeError);
  });

  it('survives nesting of any depth', () => {
    const depth = 20_000;
    const nested = `${'{"arrayValue":{"values":['.repeat(depth)}{"intValue":1}${']}}'.repeat(depth)}`;
    const { spans } = decodeJson(`"attributes":[{"key":"deep","value":${nested}}]`);
    expect((spans[0]!.attributes as Record<string, string>).deep).toContain('[[[');
  });
});
