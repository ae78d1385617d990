import type { OtlpEncoding } from './otlp-decoder.ts';

/** Bodies of a given length that hold much work in one place, where a decoder might not pause. */
export interface HostileBody {
  readonly name: string;
  readonly encoding: OtlpEncoding;
  /** Whether it is valid OTLP; otherwise it must be refused. */
  readonly isValid: boolean;
  build(bytes: number): Buffer;
}

const START = BigInt(Date.now() - 60_000) * 1_000_000n;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function field(number: number, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** As many of these as there is room for. */
function repeat(unit: Buffer, bytes: number): Buffer {
  return Buffer.alloc(Math.floor(bytes / unit.length) * unit.length, unit);
}

const RESOURCE = field(1, field(1, field(1, Buffer.from('service.name')), field(2, field(1, Buffer.from('shop')))));
const TIMES = Buffer.alloc(18);
TIMES[0] = 57;
TIMES.writeBigUInt64LE(START, 1);
TIMES[9] = 65;
TIMES.writeBigUInt64LE(START + 1_000_000n, 10);
const SPAN = Buffer.concat([
  field(1, Buffer.alloc(16, 7)),
  field(2, Buffer.alloc(8, 7)),
  field(5, Buffer.from('GET')),
  Buffer.from([48, 2]),
  TIMES,
]);
const text = (value: string) => field(1, Buffer.from(value));
const attribute = (key: string, value: Buffer) => field(9, text(key), field(2, value));
const request = (...spans: Buffer[]) => field(1, RESOURCE, field(2, field(1, text('lib')), ...spans));
const oneSpan = (fields: Buffer) => request(field(2, SPAN, fields));
const deep = (bytes: number) => {
  // Each level is an array in an array; lengths are written from the inside out.
  let value: Buffer = Buffer.alloc(0);
  const levels = Math.min(2_000, Math.floor(bytes / 10));
  for (let level = 0; level < levels; level++) value = field(5, field(1, value));
  return value;
};

function protobuf(name: string, build: (bytes: number) => Buffer, isValid = true): HostileBody {
  return { name, encoding: 'protobuf', isValid, build };
}

const PROTOBUF: readonly HostileBody[] = [
  protobuf('spans, each of 15 attributes', (bytes) => {
    const attributes = Array.from({ length: 15 }, (_, index) =>
      attribute(`app.attribute.${index}`, text('some value')),
    );
    return request(repeat(field(2, SPAN, ...attributes), bytes));
  }),
  protobuf('empty spans', (bytes) => request(repeat(field(2), bytes))),
  protobuf('smallest valid spans', (bytes) => request(repeat(field(2, SPAN), bytes / 4))),
  protobuf('one attribute of one string', (bytes) => oneSpan(attribute('a', field(1, Buffer.alloc(bytes, 'a'))))),
  protobuf('a path of one string', (bytes) => oneSpan(attribute('http.target', field(1, Buffer.alloc(bytes, 'a'))))),
  protobuf('a key of one string', (bytes) => oneSpan(field(9, field(1, Buffer.alloc(bytes, 'k')), field(2)))),
  protobuf('empty attributes of one span', (bytes) => oneSpan(repeat(field(9), bytes))),
  protobuf('small attributes of one span', (bytes) => oneSpan(repeat(attribute('a', text('b')), bytes))),
  protobuf('attributes with ever other keys', (bytes) => {
    const many = Array.from({ length: 1_000 }, (_, index) => attribute(`k${index * 7_919}`, text('b')));
    return oneSpan(repeat(Buffer.concat(many), bytes));
  }),
  protobuf('empty events of one span', (bytes) => oneSpan(repeat(field(11), bytes))),
  protobuf('small events of one span', (bytes) => oneSpan(repeat(field(11, field(2, Buffer.from('e'))), bytes))),
  protobuf('empty links of one span', (bytes) => oneSpan(repeat(field(13), bytes))),
  protobuf('empty elements of one array', (bytes) => oneSpan(attribute('a', field(5, repeat(field(1), bytes))))),
  protobuf(
    'empty elements of the table of queries',
    (bytes) =>
      oneSpan(
        Buffer.concat([
          attribute('profiler.version', text('1')),
          attribute('profiler.query.text', field(5, repeat(field(1), bytes))),
        ]),
      ),
    false,
  ),
  protobuf('a table of long queries', (bytes) => {
    const rows = Array.from({ length: 256 }, (_, row) =>
      field(1, field(1, Buffer.from(`SELECT ${row}, ${'a, b, 1, '.repeat(Math.floor(bytes / 256 / 9))} c`))),
    );
    const counts = Array.from({ length: 256 }, () => field(1, Buffer.from([24, 1])));
    return oneSpan(
      Buffer.concat([
        attribute('profiler.version', text('1')),
        attribute('profiler.query.text', field(5, ...rows)),
        attribute('profiler.query.count', field(5, ...counts)),
      ]),
    );
  }),
  protobuf('an attribute of empty strings', (bytes) => oneSpan(field(9, repeat(field(1), bytes))), false),
  protobuf('a value of empty strings', (bytes) => oneSpan(field(9, field(2, repeat(field(1), bytes)))), false),
  protobuf('a span of unknown fields', (bytes) => oneSpan(repeat(Buffer.from([0xb8, 0x3e, 1]), bytes))),
  protobuf(
    'a group without end',
    (bytes) => oneSpan(Buffer.concat([Buffer.from([0xbb, 0x3e]), repeat(field(1), bytes)])),
    false,
  ),
  protobuf('deep nesting', (bytes) => oneSpan(repeat(attribute('deep', deep(65_000)), bytes))),
  protobuf('empty groups of spans', (bytes) => repeat(field(1), bytes)),
  protobuf('empty scopes', (bytes) => field(1, repeat(field(2), bytes))),
  protobuf('attributes of one resource', (bytes) =>
    field(1, field(1, repeat(field(1, text('a'), field(2, text('b'))), bytes))),
  ),
  protobuf(
    'a resource that many spans repeat',
    (bytes) => {
      const attributes = Array.from({ length: 40 }, (_, index) =>
        field(1, text(`k${index}`), field(2, field(1, Buffer.alloc(60_000, 'a')))),
      );
      return field(1, field(1, ...attributes), field(2, repeat(field(2, SPAN), bytes - 2_450_000)));
    },
    false,
  ),
];

const span = (fields: string) =>
  `{"traceId":"${'07'.repeat(16)}","spanId":"${'07'.repeat(8)}","startTimeUnixNano":"${START}","endTimeUnixNano":"${START}"${fields}}`;
const around = (before: string, after: string, filler: Buffer) =>
  Buffer.concat([Buffer.from(before), filler, Buffer.from(after)]);
/** One span whose member is an array of these. */
const members = (name: string, element: string, bytes: number) => {
  const [before, after] = spanParts(`,"${name}":[${element}`, ']');
  return around(before, after, repeat(Buffer.from(`,${element}`), bytes));
};
const spanParts = (before: string, after: string): [string, string] => [
  `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[${span(before).slice(0, -1)}`,
  `${after}}]}]}]}`,
];

function json(name: string, build: (bytes: number) => Buffer, isValid = true): HostileBody {
  return { name, encoding: 'json', isValid, build };
}

const JSON_BODIES: readonly HostileBody[] = [
  json('spans, each of 15 attributes', (bytes) => {
    const attributes = Array.from(
      { length: 15 },
      (_, index) => `{"key":"app.attribute.${index}","value":{"stringValue":"some value"}}`,
    );
    const element = span(`,"attributes":[${attributes.join()}]`);
    return around(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[${element}`,
      ']}]}]}',
      repeat(Buffer.from(`,${element}`), bytes),
    );
  }),
  json('empty spans', (bytes) =>
    around('{"resourceSpans":[{"scopeSpans":[{"spans":[{}', ']}]}]}', repeat(Buffer.from(',{}'), bytes)),
  ),
  json('one attribute of one string', (bytes) => {
    const [before, after] = spanParts(',"attributes":[{"key":"a","value":{"stringValue":"', '"}}]');
    return around(before, after, Buffer.alloc(bytes, 'a'));
  }),
  json('one attribute of escapes', (bytes) => {
    const [before, after] = spanParts(',"attributes":[{"key":"a","value":{"stringValue":"', '"}}]');
    return around(before, after, repeat(Buffer.from('\\u00e9\\n'), bytes));
  }),
  json('one attribute of bytes', (bytes) => {
    const [before, after] = spanParts(',"attributes":[{"key":"a","value":{"bytesValue":"', '"}}]');
    return around(before, after, Buffer.alloc(bytes, 'a'));
  }),
  json('small attributes of one span', (bytes) => members('attributes', '{"key":"a","value":{"intValue":"1"}}', bytes)),
  json('empty attributes of one span', (bytes) => members('attributes', '{}', bytes)),
  json('empty events of one span', (bytes) => members('events', '{}', bytes)),
  json('numbers of an unknown member', (bytes) => members('unknown', '1', bytes)),
  json('elements of one array', (bytes) => {
    const [before, after] = spanParts(',"attributes":[{"key":"a","value":{"arrayValue":{"values":[{}', ']}}}]');
    return around(before, after, repeat(Buffer.from(',{}'), bytes));
  }),
  json('space', (bytes) => around('{"resourceSpans":[', ']}', Buffer.alloc(bytes, ' '))),
  json('space before the body', (bytes) => around('', '{}', Buffer.alloc(bytes, ' '))),
  json('one number', (bytes) => around('{"a":', '}', Buffer.alloc(bytes, '1')), false),
  json('deep nesting', (bytes) => Buffer.alloc(bytes, '['), false),
  json('deep nesting of an unknown member', (bytes) => around('{"a":', '}', Buffer.alloc(bytes, '[')), false),
  json('deep nesting of values', (bytes) => {
    const [before, after] = spanParts(
      ',"attributes":[{"key":"a","value":{"stringValue":"x"}},{"key":"a","value":',
      '}]',
    );
    const levels = 20_000;
    const open = Buffer.from('{"arrayValue":{"values":['.repeat(levels));
    const filler = Buffer.concat([open, Buffer.from('{}'), Buffer.from(']}}'.repeat(levels))]);
    return around(before, after, Buffer.concat([filler, Buffer.alloc(Math.max(0, bytes - filler.length), ' ')]));
  }),
];

export const HOSTILE_BODIES: readonly HostileBody[] = [...PROTOBUF, ...JSON_BODIES];
