import { describe, expect, it } from 'vitest';
import { DecodeError } from './decode-error.ts';
import { decodeBody, NOW_MS } from './decoded-rows.fixture.ts';

/** Details of protobuf that encoders rarely use and every decoder must know. Bytes are written by hand. */
const varint = (value: bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};
const tag = (field: number, wireType: number) => varint(BigInt(field * 8 + wireType));
const number = (field: number, value: bigint) => Buffer.concat([tag(field, 0), varint(value)]);
const bytes = (field: number, ...parts: Buffer[]) => {
  const content = Buffer.concat(parts);
  return Buffer.concat([tag(field, 2), varint(BigInt(content.length)), content]);
};
const text = (field: number, value: string) => bytes(field, Buffer.from(value));
const fixed64 = (field: number, value: bigint) => {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return Buffer.concat([tag(field, 1), content]);
};
const group = (field: number, ...parts: Buffer[]) => Buffer.concat([tag(field, 3), ...parts, tag(field, 4)]);

const NOW_NS = BigInt(NOW_MS) * 1_000_000n;
const SPAN = Buffer.concat([
  bytes(1, Buffer.alloc(16, 1)),
  bytes(2, Buffer.alloc(8, 2)),
  fixed64(7, NOW_NS - 1n),
  fixed64(8, NOW_NS),
]);
const attribute = (key: string, ...value: Buffer[]) => bytes(9, text(1, key), bytes(2, ...value));
const resource = (service: string) => bytes(1, bytes(1, text(1, 'service.name'), bytes(2, text(1, service))));
const request = (...parts: Buffer[]) => bytes(1, ...parts);
const scoped = (...fields: Buffer[]) => bytes(2, bytes(2, SPAN, ...fields));
const decode = (...fields: Buffer[]) => decodeBody(request(scoped(...fields)));
const only = (...fields: Buffer[]) => decode(...fields).spans[0]!;

describe('a field that is there again', () => {
  it('replaces a number or text', () => {
    expect(only(text(5, 'first'), number(6, 3n), text(5, 'last'), number(6, 2n))).toMatchObject({
      name: 'last',
      kind: 2,
    });
  });
  it('is merged into a message', () => {
    const status = only(bytes(15, text(2, 'failed')), bytes(15, number(3, 2n)));
    expect(status).toMatchObject({ span_status: 2, span_status_message: 'failed' });
    const body = request(resource('first'), bytes(1, bytes(1, text(1, 'a'), bytes(2, text(1, 'b')))), scoped());
    expect(decodeBody(body).spans[0]!.resource).toEqual({ 'service.name': 'first', a: 'b' });
  });
  it('leaves a value as it is when it says nothing new, and replaces it otherwise', () => {
    const again = (...second: Buffer[]) =>
      only(bytes(9, text(1, 'k'), bytes(2, text(1, 'a')), bytes(2, ...second))).attributes;
    expect(again()).toEqual({ k: 'a' });
    expect(again(number(3, 7n))).toEqual({ k: '7' });
  });
});

it('the resource and the scope count wherever they stand', () => {
  const body = request(bytes(2, bytes(2, SPAN), bytes(1, text(1, 'lib'))), resource('shop'));
  expect(decodeBody(body).spans[0]).toMatchObject({ service: 'shop', scope: 'lib' });
});

it('messages of no bytes are there', () => {
  expect(decodeBody(request()).received).toBe(0);
  expect(decodeBody(request(bytes(1), bytes(2), scoped())).spans[0]!.service).toBe('unknown_service');
  expect(only(bytes(9), bytes(15)).attributes).toEqual({ '': '' });
  expect(decodeBody(request(bytes(2, bytes(2)))).counts.rejected.invalid_id).toBe(1);
});

it('unknown fields of every wire type are skipped, groups in groups too', () => {
  const unknown = [
    number(900, 2n ** 64n - 1n),
    fixed64(901, 1n),
    text(902, 'x'),
    group(903, text(1, 'not the trace id'), group(904, number(5, 1n))),
    Buffer.concat([tag(905, 5), Buffer.alloc(4)]),
  ];
  const body = request(
    ...unknown,
    bytes(2, ...unknown, bytes(2, SPAN, ...unknown, attribute('k', ...unknown, text(1, 'v')))),
  );
  expect(decodeBody(Buffer.concat([...unknown, body])).spans[0]!.attributes).toEqual({ k: 'v' });
});

it('a known number with another wire type is an unknown field', () => {
  expect(only(number(5, 1n), text(6, 'x'), number(1, 1n))).toMatchObject({
    name: '',
    kind: 0,
    trace_id: '01'.repeat(16),
  });
});

it('numbers keep their signs and all their bits', () => {
  const values = [-1n, -(2n ** 63n), 2n ** 63n - 1n, 999_999_999n, 1_000_000_000n, 2n ** 32n - 1n, 2n ** 32n, 0n];
  for (const value of values) expect(only(attribute('k', number(3, value))).attributes).toEqual({ k: String(value) });
});

it('enums out of their range are unspecified, as in protobuf cut to 32 bits', () => {
  const kind = (value: bigint) => only(number(6, value)).kind;
  expect([kind(5n), kind(6n), kind(2n ** 32n - 1n), kind(-1n), kind(2n ** 32n + 2n)]).toEqual([5, 0, 0, 0, 2]);
  expect(only(bytes(15, number(3, 3n))).span_status).toBe(0);
});

describe('what is inside is checked wherever it stands', () => {
  const broken = Buffer.from([0x0a, 5]);
  const brokenList = bytes(6, bytes(1, broken));
  it.each([
    ['in an array', attribute('k', bytes(5, broken))],
    ['in a list in an array', attribute('k', bytes(5, bytes(1, brokenList)))],
    ['in an array that another value replaces', attribute('k', bytes(5, broken), text(1, 'v'))],
    [
      'in an attribute that is dropped',
      Buffer.concat([...Array(256).fill(attribute('k', text(1, ''))), attribute('k', brokenList)]),
    ],
    ['in an attribute that a column takes', attribute('http.route', brokenList)],
    ['in an event', bytes(11, bytes(3, text(1, 'k'), bytes(2, brokenList)))],
    [
      'in an event that is dropped',
      Buffer.concat([...Array(128).fill(bytes(11)), bytes(11, bytes(3, bytes(2, brokenList)))]),
    ],
    ['in an exception', bytes(11, text(2, 'exception'), bytes(3, bytes(2, brokenList)))],
    ['in a link', bytes(13, bytes(4, bytes(2, brokenList)))],
  ])('%s', (_, field) => {
    expect(() => decode(field)).toThrow(DecodeError);
  });
  it('in an attribute of the scope', () => {
    expect(() => decodeBody(request(bytes(2, bytes(1, bytes(3, bytes(2, brokenList))))))).toThrow(DecodeError);
  });
});
