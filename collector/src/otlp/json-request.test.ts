import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { decodeBody, NOW_MS, span } from './decoded-rows.fixture.ts';
import { encodeTraces } from './otlp-request.fixture.ts';

const example = (name: string) => readFileSync(new URL(`../../fixtures/otlp/${name}`, import.meta.url));
const EXAMPLE_TIME_MS = 1_544_712_661_000;

/** Decodes one span that says only this, in JSON. */
function decodeJson(fields: string, traceId = '5b'.repeat(16), spanId = 'ee'.repeat(8)) {
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${traceId}","spanId":"${spanId}",
    "startTimeUnixNano":"${NOW_MS}000000","endTimeUnixNano":"${NOW_MS}000000"${fields && `,${fields}`}}]}]}]}`;
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

  it.each([
    ['trace id that is no hexadecimal', { traceId: 'zz' }],
    ['trace id of an odd length', { traceId: '5b8' }],
    ['long trace id', { traceId: '5b'.repeat(10_000) }],
    ['span id that is no hexadecimal', { spanId: 'xx'.repeat(8) }],
    ['parent id that is no hexadecimal', { parentSpanId: 'g' }],
  ])('rejects a span alone that has a %s', (_, { traceId, spanId, parentSpanId = '' }: Record<string, string>) => {
    const { spans, counts } = decodeJson(`"parentSpanId":"${parentSpanId}"`, traceId, spanId);
    expect([spans, counts.rejected.invalid_id]).toEqual([[], 1]);
  });

  it('reads a text with every escape as JSON.parse does', () => {
    const text = String.raw`"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00\ud800\udc00x\udfff\u0000"`;
    const lone = String.raw`"a\ud800"`;
    const { attributes } = decodeJson(
      `"attributes":[{"key":"a","value":{"stringValue":${text}}},{"k\\u0065y":"b","value":{"stringValue":${lone}}}]`,
    ).spans[0]!;
    expect(attributes).toEqual({ a: Buffer.from(JSON.parse(text)).toString(), b: 'a\ufffd' });
  });

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
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":-9223372036854775809}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"endTimeUnixNano":18446744073709551616}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":1}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":{"intValue":1.5}}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"value":{"boolValue":"true"}}]}]}]}]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"status":[]}]}]}]}',
    `${'['.repeat(100_000)}`,
    '{"resourceSpans":[],"resourceSpans":[]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","name":"a"}]}]}]}',
    '{"resourceSpans":[{"resource":{"attributes":[{"value":{"intValue":1,"stringValue":"1"}}]}}]}',
    '{"resourceSpans":[]',
    '{"resourceSpans":[]}}',
    '{"resourceSpans":[],}',
    '{"resourceSpans":[,]}',
    '{"a":01}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":+1}',
    '{"a":1e}',
    '{"a":tru}',
    '{"a":tr',
    '{"a":nul}',
    '{"a":[1}',
    '{"a" 1}',
    '{a:1}',
    '{"a":"\\x"}',
    '{"a":"\\u00g0"}',
    '{"a":"\n"}',
    '{"a":"',
    '{"a":"\\',
    '{"a":\u00a01}',
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
